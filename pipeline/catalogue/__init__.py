"""What a thing is: artifact, capture, derivative, finding, text, vocabulary, store.

Light on purpose (standard library and msgspec): the site and the kiosk import this package and nothing else
of the pipeline. A contract test fails when numpy or open3d becomes reachable from here.
"""
