import torch

from labelsphere.tagger.decoders import logistic_decoder
from labelsphere.tagger.network import build_network, features_of, head_of


def test_scores_of_features_are_the_networks_logits() -> None:
    torch.manual_seed(0)
    options = {"channels": (8, 16, 32, 64)}
    network = build_network("resnet10t", 50, (3, 32, 32), options=options).eval()
    batch = torch.randn((4, 3, 32, 32))
    decoder = logistic_decoder(head_of(network))
    with torch.no_grad():
        logits = network(batch)
        features = features_of(network, batch)
    assert decoder.features
    torch.testing.assert_close(decoder.scores(features), logits)


def test_later_training_does_not_change_a_decoder() -> None:
    head = torch.nn.Linear(3, 2)
    decoder = logistic_decoder(head)
    before = decoder.vectors.clone(), decoder.bias.clone()
    with torch.no_grad():
        head.weight.zero_()
        head.bias.zero_()
    torch.testing.assert_close((decoder.vectors, decoder.bias), before)
