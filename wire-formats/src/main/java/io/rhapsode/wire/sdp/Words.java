/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Scan;
import io.rhapsode.wire.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The words of an SDP line, taken one after the other; beyond the last they are empty. */
final class Words {
    private static final int MAX_DIGITS = 9;

    private final byte[] bytes;
    private final int end;
    private int at;

    Words(Text line) {
        bytes = line.array();
        at = line.start();
        end = line.end();
    }

    Text next() {
        while (at < end && isSpace(bytes[at])) {
            at++;
        }
        int start = at;
        while (at < end && !isSpace(bytes[at])) {
            at++;
        }
        return Text.of(bytes, start, at);
    }

    /** What follows the last word that was taken, without space around it. */
    Text rest() {
        return trimmed(bytes, at, end);
    }

    /** The words that are left, at most as many. */
    List<Text> list(int most) {
        var words = new ArrayList<Text>(4);
        for (Text word = next(); !word.isEmpty() && words.size() < most; word = next()) {
            words.add(word);
        }
        return Collections.unmodifiableList(words);
    }

    static Text trimmed(byte[] bytes, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isSpace(bytes[from])) {
            from++;
        }
        while (to > from && isSpace(bytes[to - 1])) {
            to--;
        }
        return Text.of(bytes, from, to);
    }

    private static boolean isSpace(byte octet) {
        return octet >= 0 && octet <= ' ';
    }

    /** The part of a word before the first of an octet; all of it if it has none. */
    static Text before(Text word, char octet) {
        return Text.of(word.array(), word.start(), indexOf(word, octet));
    }

    /** The part of a word after the first of an octet; empty if it has none. */
    static Text after(Text word, char octet) {
        return Text.of(word.array(), indexOf(word, octet) + 1, word.end());
    }

    private static int indexOf(Text word, char octet) {
        return Scan.indexOf(word.array(), word.start(), word.end(), (byte) octet);
    }

    /** A number of up to nine ASCII digits; 0 for anything else. */
    static int number(Text digits) {
        if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
            return 0;
        }
        int number = 0;
        for (int i = digits.start(); i < digits.end(); i++) {
            int digit = digits.array()[i] - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** The port of "port" or "port/count", 0 if it is none. */
    static int port(Text word) {
        int port = number(before(word, '/'));
        return port <= 65_535 ? port : 0;
    }
}
