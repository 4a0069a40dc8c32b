"""Where the nodes of a graph stand, the same on the page and in the report."""

from __future__ import annotations

from core.contracts import Graph

ITERATIONS = 80
SEED = 0


def lay_out(result: Graph) -> list[tuple[float, float]]:
    """(x, y) in -1..1 for each node: heavy edges pull (Fruchterman and Reingold 1991, by networkx)."""
    import networkx

    if len(result.nodes) == 1:
        return [(0.0, 0.0)]
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(result.nodes)))
    graph.add_weighted_edges_from((a, b, weight) for a, b, weight, _label in result.edges)
    room = 2.2 / max(1.0, len(result.nodes) ** 0.5)
    places = networkx.spring_layout(graph, k=room, iterations=ITERATIONS, seed=SEED)
    return [(float(places[node][0]), float(places[node][1])) for node in range(len(result.nodes))]


def kinds(result: Graph) -> list[str]:
    """The kinds of nodes in the order in which they come: colour and symbol go by the place in this list."""
    return list(dict.fromkeys(result.kinds))
