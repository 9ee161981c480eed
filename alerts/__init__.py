"""The public face: current alerts, each with its history and proof, and "is this real?"."""
