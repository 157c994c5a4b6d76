"""Messages that are not texts of two words in our code: words of ours, and what Typer, Pydantic and the system say."""

from __future__ import annotations

# fmt: off
WORDS = {
    # words that are translated wherever they stand alone
    "loaded", "no_data", "refused", "unavailable", "not_run",               # treasury_state
    "final", "provisional", "draft", "published", "revised",                # month_status, and what figures are
    "rank", "grade", "questionnaire", "region", "treasury", "written", "read",
    "Unavailable", "Refused", "Misdeclared", "Disagreement", "Unfit",       # the errors
}
TYPER = {
    "Usage: {usage}", "Options:", "Commands:", "Arguments:", "Error: {message}", "Missing command.", "Aborted!",
    "Try '{command_path} {option}' for help.", "No such command {name}.", "No such option: {name}",
    "No such command {name}. Did you mean {possibility}?", "No such option: {name} (Possible options: {possibilities})",
    "Invalid value for {param_hint}: {message}", "Invalid value: {message}",
    "Missing argument {param_hint}.", "Missing option {param_hint}.", "Option {name} requires an argument.",
    "Option {name} does not take a value.", "{value} is not one of {choices}.",
    "Got unexpected extra argument(s) ({args})", "Show this message and exit.",
    "Install completion for the current shell.", "[required]", "[default: {default}]",
    "Show completion for the current shell, to copy it or customize the installation.",
}
PYDANTIC = {
    "missing":                      "Field required",
    "extra_forbidden":              "Extra inputs are not permitted",
    "string_type":                  "Input should be a valid string",
    "int_type":                     "Input should be a valid integer",
    "int_parsing":                  "Input should be a valid integer, unable to parse string as an integer",
    "int_from_float":               "Input should be a valid integer, got a number with a fractional part",
    "float_type":                   "Input should be a valid number",
    "float_parsing":                "Input should be a valid number, unable to parse string as a number",
    "bool_type":                    "Input should be a valid boolean",
    "bool_parsing":                 "Input should be a valid boolean, unable to interpret input",
    "date_type":                    "Input should be a valid date",
    "date_from_datetime_parsing":   "Input should be a valid date or datetime, {error}",
    "list_type":                    "Input should be a valid list",
    "dict_type":                    "Input should be a valid dictionary",
    "model_type":                   "Input should be a valid dictionary or instance of {class_name}",
    "literal_error":                "Input should be {expected}",
    "greater_than":                 "Input should be greater than {gt}",
    "greater_than_equal":           "Input should be greater than or equal to {ge}",
    "less_than":                    "Input should be less than {lt}",
    "less_than_equal":              "Input should be less than or equal to {le}",
    "string_too_short":             "String should have at least {min_length} character{expected_plural}",
    "string_too_long":              "String should have at most {max_length} character{expected_plural}",
    "string_pattern_mismatch":      "String should match pattern '{pattern}'",
    "too_short":                    "{field_type} should have at least {min_length} item{expected_plural} after "
                                    "validation, not {actual_length}",
    "value_error":                  "Value error, {error}",
}
SYSTEM = {
    "ENOENT": "No such file or directory", "EACCES": "Permission denied", "EISDIR": "Is a directory",
    "ENOTDIR": "Not a directory", "EIO": "Input/output error", "ENOSPC": "No space left on device",
    "EROFS": "Read-only file system", "ELOOP": "Too many levels of symbolic links",
    "ENAMETOOLONG": "File name too long",
}
# fmt: on
MESSAGES = {
    **dict.fromkeys(sorted(TYPER), "typer"),
    **dict.fromkeys(PYDANTIC.values(), "pydantic"),
    **dict.fromkeys(SYSTEM.values(), "errno"),
}
"""Every one, with who says it."""
