"""The workpieces. Metres, Y up, right-handed, sRGB."""
