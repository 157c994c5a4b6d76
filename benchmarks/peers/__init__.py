"""Loaders that people would otherwise pick, side by side with ours: the same rows, the same servers, one run.

``peers.yaml`` declares who is measured, ``ways/`` holds what each one does, ``benchmarks/requirements/`` its versions.
"""
