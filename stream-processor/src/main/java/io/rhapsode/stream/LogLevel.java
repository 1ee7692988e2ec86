/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds the level in a log line, where it has one. */
final class LogLevel {

    /** Far enough for a time, a host and a program before it. */
    private static final int LOOKED_AT = 96;

    private static final List<String> SEVERITIES =
            List.of("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug");

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("EMERG", "emergency"),
            Map.entry("EMERGENCY", "emergency"),
            Map.entry("ALERT", "alert"),
            Map.entry("CRIT", "critical"),
            Map.entry("CRITICAL", "critical"),
            Map.entry("FATAL", "critical"),
            Map.entry("ERR", "error"),
            Map.entry("ERROR", "error"),
            Map.entry("WARN", "warning"),
            Map.entry("WARNING", "warning"),
            Map.entry("NOTICE", "notice"),
            Map.entry("INFO", "info"),
            Map.entry("DEBUG", "debug"),
            Map.entry("TRACE", "debug"));

    private LogLevel() {}

    /**
     * The severity by syslog's name (RFC 5424 section 6.2.1): of a priority that the line begins with, or of a word near
     * its begin that is all capitals or stands before a colon or a closing bracket. Empty if there is none.
     */
    static String of(String line) {
        int end = Math.min(line.length(), LOOKED_AT);
        String priority = priority(line);
        for (int at = 0; at < end && priority.isEmpty(); at++) {
            int start = at;
            while (at < line.length() && at - start <= 9 && Character.isLetter(line.charAt(at))) {
                at++;
            }
            String word = line.substring(start, at);
            String level = WORDS.getOrDefault(word.toUpperCase(Locale.ROOT), "");
            boolean marked = at < line.length() && ":]>".indexOf(line.charAt(at)) >= 0;
            if (!level.isEmpty() && (marked || WORDS.containsKey(word))) {
                return level;
            }
        }
        return priority;
    }

    /** "<134>" is facility 16, severity 6. */
    private static String priority(String line) {
        int close = line.startsWith("<") ? line.indexOf('>') : -1;
        if (close < 2 || close > 4) {
            return "";
        }
        int number = 0;
        for (int i = 1; i < close; i++) {
            int digit = line.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return "";
            }
            number = number * 10 + digit;
        }
        return number < 192 ? SEVERITIES.get(number & 7) : "";
    }
}
