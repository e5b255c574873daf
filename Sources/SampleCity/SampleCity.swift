package struct SampleCity {}
