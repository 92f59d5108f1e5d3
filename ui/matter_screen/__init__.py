"""The parts of 事项详情, one module each; every part is drawn from the same `Opened`."""
