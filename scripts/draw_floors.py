"""Draw the floors of the house into docs/architecture.md, as the contract in pyproject.toml has them.

`lint-imports` holds the code to that contract, so the picture cannot say anything that is not so. Draw it again after
the contract has changed (`make floors`); tests/house/test_house.py says when.
"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- floors: drawn by `make floors` from [tool.importlinter] in pyproject.toml -->\n"
END = "<!-- /floors -->\n"


def contracts(pyproject: str) -> dict[str, dict]:
    """The contracts of ``lint-imports`` by their ids."""
    return {contract["id"]: contract for contract in tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]}


def floors(contract: dict) -> dict[int, str]:
    """What stands on each floor by its number, from the top down; the lowest is 1."""
    layers = contract["layers"]
    return {len(layers) - above: layer for above, layer in enumerate(layers)}


def picture(pyproject: str) -> str:
    """The floors as text that is drawn by Mermaid: an arrow for each direction in which imports may run."""
    found = contracts(pyproject)
    (package,) = found["floors"]["containers"]
    (inner,) = found["lib"]["containers"]
    house, rooms = floors(found["floors"]), floors(found["lib"])
    lines = ["```mermaid", "flowchart TD"]
    lines += [f'    {name}["{name}/"] --> {package}' for name in found["project"]["forbidden_modules"]]
    lines += [f'    subgraph {package} ["{package}/"]', "        direction TB"]
    for number, layer in house.items():
        if f"{package}.{layer}" != inner:
            lines.append(f'        floor{number}["{number}: {layer}"] --> floor{number - 1}')
            continue
        lines += [f'        subgraph floor{number} ["{number}: {layer}"]', "            direction TB"]
        nodes = [f'room{room}["{name}"]' for room, name in rooms.items()]
        lines += [f"            {' --> '.join(nodes)}", "        end"]
    return "\n".join([*lines, "    end", "```", ""])


def with_picture(page: str, pyproject: str) -> str:
    """The page, with the picture between its two markers."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{picture(pyproject)}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(with_picture(PAGE.read_text(), (ROOT / "pyproject.toml").read_text()))
