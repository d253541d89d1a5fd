"""Exports small networks with PyTorch into the folder given, each with an image and what PyTorch computes for it."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
import torch
from torch import nn
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(7)


class Net(nn.Module):
    def __init__(self, compute, **parts):
        super().__init__()
        self.compute = compute
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.compute(self, x)


def conv(*sizes, **options):
    return nn.Conv2d(*sizes, 3, padding=1, **options)


def separable(inputs, outputs):
    return nn.Sequential(
        conv(inputs, inputs, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU6(),
        nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
    )


def squeeze(net, x):
    y = net.a(x)
    gate = torch.sigmoid(net.c(F.relu(net.b(y.mean((2, 3))))))
    return net.d(y * gate[:, :, None, None])


def shuffle(net, x):
    y = net.a(x)
    n, c, h, w = y.shape
    return net.b(y.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w))


NETS = {
    "separable": nn.Sequential(conv(3, 8), separable(8, 12), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 5)),
    "padded": Net(lambda n, x: n.b(F.pad(n.a(x), (0, 1, 2, 0)).relu()), a=conv(3, 4), b=conv(4, 2)),
    "squeeze": Net(squeeze, a=conv(3, 8), b=nn.Linear(8, 4), c=nn.Linear(4, 8), d=conv(8, 2)),
    "shuffle": Net(shuffle, a=conv(3, 8), b=conv(8, 4, groups=2)),
    "hard": Net(lambda n, x: n.b((lambda y: y * F.relu6(y + 3) / 6)(n.a(x))), a=conv(3, 4), b=conv(4, 2)),
    "twice": Net(lambda n, x: n.b(n.a(x).mean(3).mean(2)), a=conv(3, 4), b=nn.Linear(4, 3)),
    "upsampled": nn.Sequential(conv(3, 4), nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.Upsample(scale_factor=2), conv(4, 2)),
    "tokens": Net(lambda n, x: n.b(n.a(x).flatten(2).transpose(1, 2)).mean(1), a=conv(3, 4), b=nn.Linear(4, 5)),
}

for name, net in NETS.items():
    for part in net.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.1)
            part.running_var.uniform_(0.5, 1.5)
    net.eval()
    image = torch.randn(1, 3, 8, 6)
    with torch.no_grad():
        output = net(image)
    for opset in (9, 13):
        path = f"{sys.argv[1]}/{name}_{opset}"
        torch.onnx.export(net, image, f"{path}.onnx", opset_version=opset)
        with open(f"{path}.json", "w") as file:
            # NHWC, as this project numbers
            last = output.permute(0, 2, 3, 1) if output.dim() == 4 else output
            json.dump({"image": image.permute(0, 2, 3, 1).flatten().tolist(), "output": last.flatten().tolist()}, file)
