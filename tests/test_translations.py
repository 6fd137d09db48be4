"""People are addressed as Home Assistant addresses them: what is not so is found, and nothing else."""

import pytest

from script.check_translations import FORMAL, INFORMAL, STRAIGHT


@pytest.mark.parametrize(
    "text",
    [
        "Wählen Sie erneut.",
        "Das Gateway fehlt. Senden Sie ab",
        "Ihr Versorger antwortet nicht.",
        "Frage Ihren Versorger.",
        "Es wartet auf Sie.",
        "Home Assistant sagt es Ihnen.",
    ],
)
def test_formal_german_is_found(text: str) -> None:
    assert FORMAL["de"].search(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sie hat sechs Ziffern.",
        "Das ist keine PIN: Sie hat sechs Ziffern.",
        "{values}\n\nSie werden nicht angezeigt.",
        "Prüfe, ob sie bei ihrem Versorger ist.",
        "Dein Versorger kennt ihn. Vergleiche ihn mit deinem Etikett.",
    ],
)
def test_they_and_she_are_not(text: str) -> None:
    assert FORMAL["de"].search(text) is None


@pytest.mark.parametrize("text", ["Elija otra.", "Pregunta a su compañía.", "Puede irse usted."])
def test_formal_spanish_is_found(text: str) -> None:
    assert FORMAL["es"].search(text)


@pytest.mark.parametrize("text", ["Elige otra, cuando tu compañía pida menos.", "Un invitado y su factura.", "Léelo."])
def test_informal_spanish_is_not(text: str) -> None:
    assert FORMAL["es"].search(text) is None


@pytest.mark.parametrize("text", ["Demande à ton fournisseur.", "Il t’accepte.", "Choisis un tarif.", "Que veux-tu ?"])
def test_informal_french_is_found(text: str) -> None:
    assert INFORMAL["fr"].search(text)


@pytest.mark.parametrize(
    "text", ["Un autre : je saisis son nom.", "Saisissez-le.", "Y a-t-il un compteur ?", "L’état"]
)
def test_formal_french_is_not(text: str) -> None:
    assert INFORMAL["fr"].search(text) is None


def test_straight_apostrophe_is_found() -> None:
    assert STRAIGHT.search("l'appareil")
    assert STRAIGHT.search("de l'{name}")
    assert STRAIGHT.search("l’appareil") is None
