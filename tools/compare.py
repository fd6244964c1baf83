"""Prints the results that compare.sh gathers, JSON lines, as a table in Markdown."""
import json
import statistics
import sys

BYTES_A_PARAMETER = 20  # weights, gradients, two moments and the average, float32
MEBIBYTE = 1 << 20

runs = {}
for line in open(sys.argv[1], encoding='utf-8'):
    run = json.loads(line)
    runs.setdefault(run['configuration'], {}).setdefault(run['who'], []).append(run['result'])


def cell(values, digits):
    return f'{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})'


def row(configuration, what, ours, theirs):
    ratio = statistics.median(ours) / statistics.median(theirs)
    digits = 0 if what.startswith('memory') else 1
    print(f'| {configuration} | {what} | {cell(ours, digits)} | {cell(theirs, digits)} | {ratio:.2f} |')


print('| network | what | IlgpuEdm | PyTorch | ratio |')
print('|---|---|---|---|---|')
for configuration, who in runs.items():
    train, denoise, rival = who['edm-train'], who['edm-denoise'], who['pytorch']
    state = BYTES_A_PARAMETER * rival[0]['parameters'] / MEBIBYTE
    row(configuration, 'training, images/s', [r['images_per_second'] for r in train],
        [r['train_images_per_second'] for r in rival])
    row(configuration, 'denoising, images/s', [r['images_per_second'] for r in denoise],
        [r['denoise_images_per_second'] for r in rival])
    # The rival's figure is in units of 2^20 bytes, the project's in 10^6.
    row(configuration, 'memory beyond 20 bytes a parameter, MiB', [r['peak_process_mb'] * 1e6 / MEBIBYTE - state for r in train],
        [r['peak_memory_mb'] - state for r in rival])
first = next(iter(runs.values()))
print()
print(f"PyTorch {first['pytorch'][0]['torch']}, {first['pytorch'][0]['threads']} threads; {len(first['pytorch'])} alternating runs; "
      'medians, in brackets the range.')
