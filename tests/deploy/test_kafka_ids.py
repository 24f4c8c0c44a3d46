"""A first start never fails by chance."""

from deploy.samlad.stack.kafka import new_cluster_id


def test_no_cluster_id_looks_like_an_option() -> None:
    made = [new_cluster_id() for _ in range(5_000)]
    assert not any(each.startswith("-") for each in made)
    assert {len(each) for each in made} == {22}
    assert len(set(made)) == len(made)
