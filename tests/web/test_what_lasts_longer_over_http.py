"""What lasts longer, without anything else to change, is shown from the day it had to the day it has, as done."""

from tests.runner.pipeline.grants.test_access_until_a_day import ATLAS, give
from tests.web.real_site import RealSite


def test_a_later_end_is_shown_from_what_to_what_and_not_as_nothing_to_do(site: RealSite) -> None:
    give(site.desk, groups=[ATLAS])
    later = give(site.desk, groups=[ATLAS], ends="2030-03-20")

    page = site.visit("auditor").get(f"/submissions/{later}").get_data(as_text=True)
    table = page[page.index('<table class="plan') : page.index("</table>")]
    assert "until 10 Mar 2030" in table
    assert "until 20 Mar 2030" in table
    assert "done</span>" in table
    assert "already so" not in table
    assert "nothing to do" not in table
