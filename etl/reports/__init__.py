"""What people read about a run. Nothing here decides anything: it shows what the steps have recorded."""
