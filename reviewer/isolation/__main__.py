"""`python -m reviewer.isolation`: the reading process of a program that cannot fork."""

from reviewer.isolation.server import main

if __name__ == "__main__":
    main()
