"""Where the reference models come from: a made-up world, and small transformers trained on it (extra ``lab``: PyTorch).

``world`` and ``questions`` know the truth, ``texts`` and ``curriculum`` make what is read, ``train`` trains. Importing
this package imports no PyTorch; asking the models that ship (``calibrant.models.reference``) needs none either.
"""
