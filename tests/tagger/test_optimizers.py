import math

import numpy as np
import pytest
import torch
from torch import nn

from labelsphere.errors import UsageError
from labelsphere.tagger.network import build_network
from labelsphere.tagger.optimizers import OPTIMIZERS, SCHEDULES, build_optimizer, rate_factor


def test_rmsprop_is_tensorflows_form() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(4, 3)
    rates = [0.045, 0.045, 0.03, 0.03, 0.01, 0.02]
    gradients = np.random.default_rng(0).normal(scale=3, size=(len(rates), 3, 4))
    optimizer = build_optimizer("rmsprop", layer, rates[0], weight_decay=0.0)
    weight = layer.weight.detach().numpy().astype(np.float64).copy()
    # Mean square starts at one, epsilon of one is inside the root, the rate is in the momentum.
    square, momentum = np.ones_like(weight), np.zeros_like(weight)
    for rate, gradient in zip(rates, gradients, strict=True):
        square = 0.9 * square + 0.1 * gradient**2
        momentum = 0.9 * momentum + rate * gradient / np.sqrt(square + 1.0)
        weight -= momentum
        for group in optimizer.param_groups:
            group["lr"] = rate
        layer.weight.grad = torch.from_numpy(gradient.astype(np.float32))
        optimizer.step()
    np.testing.assert_allclose(layer.weight.detach(), weight, rtol=1e-5, atol=1e-6)


def test_adamw_is_torchs_with_its_own_second_beta() -> None:
    torch.manual_seed(0)
    ours, theirs = nn.Linear(4, 3), nn.Linear(4, 3)
    theirs.load_state_dict(ours.state_dict())
    optimizer = build_optimizer("adamw", ours, 0.01, weight_decay=0.1)
    reference = torch.optim.AdamW(
        [
            {"params": [theirs.weight], "weight_decay": 0.1},
            {"params": [theirs.bias], "weight_decay": 0.0},
        ],
        lr=0.01,
        betas=(0.9, 0.99),
    )
    for seed in range(5):
        batch = torch.randn((6, 4), generator=torch.manual_seed(seed))
        for layer, stepper in ((ours, optimizer), (theirs, reference)):
            stepper.zero_grad()
            layer(batch).square().sum().backward()
            stepper.step()
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_biases_and_normalisation_are_spared_the_weight_decay(name: str) -> None:
    options = {"channels": (8, 16, 32, 64)}
    network = build_network("resnet10t", 5, (3, 32, 32), options=options)
    optimizer = build_optimizer(name, network, 0.1, weight_decay=0.03)
    decay = {id(p): g["weight_decay"] for g in optimizer.param_groups for p in g["params"]}
    parameters = dict(network.named_parameters())
    assert set(decay) == {id(parameter) for parameter in parameters.values()}
    for parameter_name, parameter in parameters.items():
        expected = 0.0 if parameter.ndim == 1 else 0.03
        assert decay[id(parameter)] == expected, parameter_name
    assert len(set(decay.values())) == 2


def test_an_unknown_optimizer_is_refused() -> None:
    with pytest.raises(UsageError, match="one of adamw, rmsprop, but got 'sgd'"):
        build_optimizer("sgd", nn.Linear(2, 2), 0.1, 0.0)


def factors(schedule: str, steps: int, warmup: float) -> list[float]:
    return [rate_factor(schedule, step, steps, warmup) for step in range(steps)]


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("warmup", [0.0, 0.004, 0.1, 0.99])
@pytest.mark.parametrize("steps", [1, 2, 10, 1000])
def test_every_factor_is_above_zero_and_at_most_one(
    schedule: str, warmup: float, steps: int
) -> None:
    assert all(0 < factor <= 1 for factor in factors(schedule, steps, warmup))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_warmup_rises_in_equal_parts_to_one(schedule: str) -> None:
    rising = factors(schedule, 100, 0.1)[:11]
    np.testing.assert_allclose(rising, np.arange(1, 12) / 11)


def test_cosine_goes_from_one_to_nearly_zero() -> None:
    found = factors("cosine", 1000, 0.0)
    expected = [(1 + math.cos(math.pi * step / 1000)) / 2 for step in range(1000)]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found[-1] < 1e-5
    assert found[500] == pytest.approx(0.5)


def test_steps_fall_by_six_hundredths_fifty_times() -> None:
    found = factors("step", 1000, 0.0)
    np.testing.assert_allclose(found, [0.94 ** (step // 20) for step in range(1000)])


def test_constant_stays() -> None:
    assert set(factors("constant", 100, 0.0)) == {1.0}


def test_an_unknown_schedule_is_refused() -> None:
    with pytest.raises(UsageError, match="cosine, step, constant, but got 'linear'"):
        rate_factor("linear", 0, 10, 0.0)
