"""Which test stands for which promise to people and which trap: rows in the order of the design's two tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent

# A row, and the tests that fail when it is broken: module::test. Modules are of this folder; others say where.
PROMISES = {
    "one message an answer, a reply in its topic": (
        "test_asking::test_a_question_in_private_is_answered_by_a_quotation_with_its_source",
        "test_groups::test_in_a_topic_the_answer_stays_there_and_small_talk_is_left_alone",
    ),
    "whole blocks within Telegram's limits, no previews": (
        "views/test_answers::test_every_answer_is_valid_markup_within_the_limits",
        "test_traps::test_no_message_shows_a_preview_of_its_links",
    ),
    "context opens and closes in place": (
        "test_asking::test_context_opens_the_paragraphs_around_a_quote_in_place_and_closes",
    ),
    "the original, and that its text has changed": (
        "test_asking::test_the_original_shows_the_whole_passage",
        "test_asking::test_a_quote_whose_report_was_replaced_says_that_the_text_was_updated",
        "test_reading::test_the_list_leads_to_a_card_an_outline_a_section_and_back_up",
    ),
    "the source to copy": (
        "test_asking::test_the_source_of_a_quote_can_be_copied_as_a_writer_needs_it",
        "test_asking::test_the_words_of_an_opened_quote_can_be_copied",
        "views/test_answers::test_a_long_source_is_shortened_to_what_can_be_copied",
    ),
    "no answer: missing words, nearest headings, the list": (
        "test_traps::test_where_nothing_is_found_the_nearest_headings_are_marked_as_no_answer_and_lead_on",
        "test_asking::test_what_the_reports_do_not_say_is_not_answered",
    ),
    "follow-ups, edits, deletions": (
        "test_asking::test_a_reply_to_an_answer_is_asked_in_its_context",
        "test_asking::test_an_edited_question_edits_its_answer_also_one_that_was_turned",
        "test_asking::test_a_deleted_question_is_answered_all_the_same",
    ),
    "start": (
        "test_traps::test_start_says_what_it_is_how_much_it_holds_and_offers_three_questions_of_its_own_headings",
    ),
    "commands in private": (
        "test_arbitrary::test_every_handler_answers_arbitrary_updates_that_it_takes_and_fails_at_none",
        "test_asking::test_what_holds_no_question_is_told_what_does",
        "test_personal::test_ones_own_questions_are_asked_again_by_a_tap",
        "test_personal::test_the_history_is_exported_as_a_document",
        "test_own::test_settings_change_by_buttons_and_hold_after_a_restart",
        "test_own::test_privacy_says_how_long_things_are_kept",
        "test_own::test_forgetme_deletes_every_trace_of_a_person",
    ),
    "commands in groups, and their administrators' settings": (
        "test_membership::test_a_groups_settings_are_its_administrators_own",
        "test_reading::test_in_a_group_only_administrators_choose",
    ),
    "the bot's administrators: files, removing, figures, admission": (
        "test_uploading::test_a_file_is_read_first_and_taken_in_once_confirmed",
        "test_uploading::test_remove_asks_first",
        "test_uploading::test_audit_is_sent_as_a_text_file",
        "test_counting::test_stats_is_a_picture_with_the_figures_in_words",
        "test_counting::test_unanswered_counts_and_names_nobody",
        "test_access::test_allow_admits_and_deny_turns_away_at_once_and_after_a_restart",
    ),
    "commands registered by scope and language": (
        "test_presenting::test_commands_and_descriptions_are_set_by_chat_and_language_and_only_when_they_differ",
        "test_serving::test_what_waited_is_answered_and_the_bot_has_presented_itself",
    ),
    "groups: what it answers, who turns pages, added, migrated": (
        "test_groups::test_a_group_asks_in_three_ways_turns_pages_and_is_left_alone_else",
        "test_membership::test_added_to_a_group_it_says_one_short_thing",
        "test_membership::test_a_group_that_becomes_a_supergroup_keeps_its_settings",
    ),
    "inline": (
        "test_elsewhere::test_an_inline_query_offers_ten_quotes_a_page_and_sends_one_with_its_source",
        "test_elsewhere::test_an_empty_result_leads_to_help",
        "test_elsewhere::test_where_access_is_restricted_results_are_personal_and_strangers_get_none",
    ),
    "guest": ("test_elsewhere::test_a_guest_answers_by_its_query_and_by_nothing_else",),
    "watch": (
        "test_personal::test_a_report_that_another_process_takes_in_is_told_to_who_watches_for_it",
        "test_personal::test_watches_are_listed_and_ended",
    ),
    "access": (
        "test_access::test_the_table_of_decisions",
        "test_access::test_a_code_makes_an_administrator_once",
        "test_access::test_a_group_that_is_not_allowed_is_left_politely",
        "test_access::test_administration_in_a_group_is_asked_to_come_to_private_chat",
    ),
}
TRAPS = {
    "filters that also take edits, posts, business and guest messages": (
        "test_membership::test_channel_posts_and_what_a_linked_channel_forwards_are_ignored",
        "test_asking::test_an_edit_that_changes_no_word_is_no_question",
        "test_arbitrary::test_a_thousand_updates_of_every_kind_there_is_raise_nothing_and_are_answered",
    ),
    "the same update twice": ("test_traps::test_the_same_update_twice_is_worked_on_once_also_after_a_restart",),
    "killed before saying so": (
        "test_outages::test_killed_between_answering_and_saying_so_the_question_is_answered_once",
        "test_serving::test_one_process_serves_a_bot_the_second_says_so_and_a_killed_one_leaves_nothing_unanswered",
    ),
    "64 bytes of callback data, and expiry": (
        "views/test_answers::test_every_outline_list_and_choice_is_valid_markup_within_the_limits",
        "test_asking::test_buttons_work_after_a_restart",
        "test_asking::test_a_forged_press_is_answered_and_changes_nothing",
    ),
    "too old, not modified, not found": (
        "test_asking::test_a_press_that_waited_too_long_does_no_harm",
        "test_traps::test_a_second_press_of_the_same_button_is_no_error",
        "test_asking::test_a_press_below_a_deleted_answer_does_no_harm",
    ),
    "the topic that is none": ("test_groups::test_in_a_topic_the_answer_stays_there_and_small_talk_is_left_alone",),
    "UTF-16 after emoji": ("test_traps::test_a_mention_after_emoji_and_beside_another_bot_is_found_by_its_place",),
    "flood limits": ("test_traps::test_a_flood_limit_of_one_chat_is_waited_out_and_stalls_no_other",),
    "two pollers": ("test_serving::test_another_poller_with_the_same_token_is_one_clear_line_and_the_end",),
    "the token in a log": (
        "test_logs::test_a_token_is_in_no_line_wherever_it_stood",
        "test_serving::test_one_process_serves_a_bot_the_second_says_so_and_a_killed_one_leaves_nothing_unanswered",
    ),
    "pending updates are never dropped": (
        "test_serving::test_what_waited_is_answered_and_the_bot_has_presented_itself",
        "test_traps::test_a_question_that_waited_for_hours_is_met_with_an_apology_or_answered",
    ),
    "blocked, kicked, not found": (
        "test_membership::test_who_blocks_or_removes_it_is_remembered_until_they_take_it_back",
        "test_outages::test_a_chat_that_is_not_found_is_remembered_as_closed_and_is_no_error",
        "test_personal::test_who_has_blocked_the_bot_is_left_alone_and_nobody_else_misses_anything",
    ),
    "a webhook without a secret": (
        "../config/test_settings::test_a_wrong_setting_is_one_line_with_layer_and_key",
        "offline/test_http::test_a_webhook_with_another_secret_takes_nothing",
    ),
    "errors shown to people": ("test_traps::test_an_error_is_a_short_number_to_people_and_all_of_it_to_the_log",),
    "Telegram cannot be reached": (
        "test_serving::test_a_start_waits_for_telegram_and_says_so",
        "test_outages::test_an_outage_is_said_once_a_minute_and_afterwards_all_is_as_before",
        "test_outages::test_an_answer_that_could_not_be_sent_is_sent_later_and_once",
    ),
    "people's text in HTML": (
        "views/test_answers::test_every_answer_is_valid_markup_within_the_limits",
        "test_asking::test_a_hostile_question_is_answered_kindly",
    ),
}


@pytest.mark.parametrize("row", [*PROMISES, *TRAPS])
def test_every_row_has_tests_that_are_there(row: str) -> None:
    named = (PROMISES | TRAPS)[row]
    assert named
    for module, _, test in (one.partition("::") for one in named):
        written = (HERE / f"{module}.py").read_text("utf-8")
        assert re.search(rf"^(?:async )?def {test}\(", written, flags=re.MULTILINE), f"{module} has no {test}"


@pytest.mark.shared_data
def test_no_trap_is_left_out() -> None:
    design = Path(__file__).parents[3] / "shared" / "design" / "telegram.md"
    if not design.exists():
        pytest.skip("the design lies beside the project")
    traps = design.read_text("utf-8").partition("| trap |")[2]
    assert len(re.findall(r"^\| (?!-)[^|]+\|", traps, flags=re.MULTILINE)) == len(TRAPS)
