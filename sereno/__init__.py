"""The front door: the `sereno` command that runs, shows and examines everything else."""
