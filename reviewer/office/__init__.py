"""The office: matters with their steps, deadlines, people and papers, over one data folder; Review → Matter."""
