"""Engines behind small Protocols.

ONNX Runtime's wheels report to their maker from version 1.29 on, unless this variable is set before the library is
loaded (microsoft/onnxruntime#27379). Every module of ours that loads it is in this package, so it is set here, the only
thing in the project that happens at import.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
