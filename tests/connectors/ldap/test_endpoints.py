"""Addresses of directory servers as administrators write them, and the order in which several are tried."""

import pytest

from connectors.errors import RejectedError
from connectors.ldap.talking.endpoints import Endpoint, Rota, parse_endpoint

ONE, TWO, THREE = (Endpoint(f"dc{number}.example.test", 636, "ldaps") for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("address", "endpoint", "printed"),
    [
        ("ldaps://dc1.example.test", Endpoint("dc1.example.test", 636, "ldaps"), "ldaps://dc1.example.test:636"),
        (
            "ldaps://dc1.example.test:3269/",
            Endpoint("dc1.example.test", 3269, "ldaps"),
            "ldaps://dc1.example.test:3269",
        ),
        ("LDAP://DC1.example.test", Endpoint("dc1.example.test", 389, "starttls"), "ldap://dc1.example.test:389"),
        ("ldaps://192.0.2.7", Endpoint("192.0.2.7", 636, "ldaps"), "ldaps://192.0.2.7:636"),
        ("ldap://[2001:db8::7]:1389", Endpoint("2001:db8::7", 1389, "starttls"), "ldap://[2001:db8::7]:1389"),
        ("ldap://127.0.0.1", Endpoint("127.0.0.1", 389, "starttls"), "ldap://127.0.0.1:389"),
    ],
)
def test_an_address_gives_host_port_and_security(address: str, endpoint: Endpoint, printed: str) -> None:
    assert parse_endpoint(address) == endpoint
    assert str(endpoint) == printed


@pytest.mark.parametrize("address", ["ldap://127.0.0.1:3389", "ldap://127.9.9.9", "ldap://[::1]"])
def test_loopback_addresses_may_do_without_tls_when_the_setting_says_so(address: str) -> None:
    assert parse_endpoint(address).security == "starttls"
    assert parse_endpoint(address, allow_plain_on_loopback=True).security == "plain"


@pytest.mark.parametrize(
    "address",
    ["ldap://dc1.example.test", "ldap://localhost", "ldap://192.0.2.7", "ldap://[2001:db8::1]", "ldap://0.0.0.0"],
)
def test_nothing_but_a_loopback_address_is_reached_without_tls(address: str) -> None:
    with pytest.raises(RejectedError, match="loopback addresses only"):
        parse_endpoint(address, allow_plain_on_loopback=True)


def test_ldaps_stays_ldaps_whatever_the_setting() -> None:
    assert parse_endpoint("ldaps://127.0.0.1", allow_plain_on_loopback=True).security == "ldaps"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dc1.example.test",
        "dc1.example.test:636",
        "https://dc1.example.test",
        "ldapi:///run/slapd",
        "ldaps://",
        "ldaps://:636",
        "ldaps://dc1.example.test:0",
        "ldaps://dc1.example.test:99999",
        "ldaps://dc1.example.test:x",
        "ldaps://dc1.example.test/dc=example",
        "ldaps://dc1.example.test?base",
        "ldaps://dc 1.example.test",
        "ldaps://[not-an-address]",
        "ldaps://dc1\0.example.test",
        "ldaps://a,b",
    ],
)
def test_what_is_no_address_is_named_with_the_forms_there_are(address: str) -> None:
    with pytest.raises(RejectedError, match="write ldaps://host, or ldap://host for StartTLS"):
        parse_endpoint(address)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    for address in ("ldaps://svc:hunter2@dc1.example.test", "ldaps://svc:hunter2@dc1.example.test:x"):
        with pytest.raises(RejectedError) as refused:
            parse_endpoint(address)
        assert "hunter2" not in str(refused.value)


def test_servers_are_tried_as_they_stand_and_failed_ones_last() -> None:
    rota = Rota((ONE, TWO, THREE))
    assert rota.order(0) == [ONE, TWO, THREE]
    rota.failed(ONE, 0)
    rota.failed(TWO, 1)
    assert rota.order(2) == [THREE, ONE, TWO]
    assert rota.order(30.5) == [ONE, THREE, TWO]
    assert rota.order(31.5) == [ONE, TWO, THREE]


def test_a_server_that_keeps_failing_is_passed_over_for_longer_and_longer() -> None:
    rota = Rota((ONE, TWO))
    now, waits = 0.0, []
    for _ in range(20):
        rota.failed(ONE, now)
        wait = next(seconds for seconds in range(1, 10_000) if rota.order(now + seconds)[0] == ONE)
        waits.append(wait)
        now += wait
    assert waits[:6] == [30, 60, 120, 240, 480, 480]
    assert waits[-1] == 480
    rota.worked(ONE)
    rota.failed(ONE, now)
    assert rota.order(now + 30)[0] == ONE


def test_one_thread_tries_a_failed_server_while_the_others_pass_it_over() -> None:
    rota = Rota((ONE, TWO))
    rota.failed(ONE, 0)
    assert rota.order(40)[0] == ONE
    rota.trying(ONE, 40, 5)
    assert rota.order(41)[0] == TWO
    assert rota.order(45)[0] == ONE


def test_servers_that_never_failed_are_tried_by_all() -> None:
    rota = Rota((ONE, TWO))
    rota.trying(ONE, 0, 5)
    assert rota.order(1)[0] == ONE


A, B = ((2, ("192.0.2.1", 636)), (2, ("192.0.2.2", 636)))


def test_of_a_name_with_several_addresses_the_one_that_works_is_kept_to() -> None:
    rota = Rota((ONE,))
    assert rota.arranged(ONE, [A, B]) == [A, B]
    rota.worked(ONE, B)
    assert rota.arranged(ONE, [A, B]) == [B, A]
    assert rota.is_chosen(ONE, B, 0)
    assert not rota.is_chosen(ONE, A, 0)
    rota.failed(ONE, 0, B)
    assert rota.arranged(ONE, [B, A]) == [A, B]
    assert not rota.is_chosen(ONE, B, 0)
    rota.worked(ONE, A)
    assert rota.arranged(ONE, [B, A]) == [A, B]


def test_an_address_that_the_name_no_longer_has_is_not_used() -> None:
    rota = Rota((ONE,))
    rota.worked(ONE, B)
    assert rota.arranged(ONE, [A]) == [A]


def test_a_connection_is_kept_only_to_the_server_that_all_ask() -> None:
    rota = Rota((ONE, TWO))
    rota.worked(ONE, A)
    assert rota.is_chosen(ONE, A, 0)
    assert not rota.is_chosen(TWO, B, 0)
    rota.failed(ONE, 0, A)
    assert not rota.is_chosen(ONE, A, 1)
    assert rota.is_chosen(TWO, B, 1)
