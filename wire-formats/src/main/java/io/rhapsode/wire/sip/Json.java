/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text (RFC 8259), strictly and within bounds. Objects are {@link Map}, arrays {@link List}, texts and
 * literals {@link String} and {@link Boolean}, numbers {@link Double}, null is {@link #NULL}.
 */
final class Json {
    /** The value null. */
    static final Object NULL = new Object();

    private static final int MAX_DEPTH = 8;
    private static final int MAX_VALUES = 512;

    private final String text;
    private int at;
    private int values;

    private Json(String text) {
        this.text = text;
    }

    /** The value; Java's null if it is no JSON, or deeper or more than is read. */
    static Object parse(String text) {
        var json = new Json(text);
        Object value = json.value(0);
        json.skipSpace();
        return json.at == text.length() ? value : null;
    }

    private Object value(int depth) {
        skipSpace();
        if (at == text.length() || depth == MAX_DEPTH || values++ == MAX_VALUES) {
            return null;
        }
        return switch (text.charAt(at)) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", NULL);
            default -> number();
        };
    }

    private Object object(int depth) {
        var members = new LinkedHashMap<String, Object>();
        at++;
        if (consume('}')) {
            return members;
        }
        do {
            skipSpace();
            String name = at < text.length() && text.charAt(at) == '"' ? string() : null;
            Object value = name != null && consume(':') ? value(depth + 1) : null;
            if (value == null) {
                return null;
            }
            members.putIfAbsent(name, value);
        } while (consume(','));
        return consume('}') ? members : null;
    }

    private Object array(int depth) {
        var elements = new ArrayList<Object>();
        at++;
        if (consume(']')) {
            return elements;
        }
        do {
            Object value = value(depth + 1);
            if (value == null) {
                return null;
            }
            elements.add(value);
        } while (consume(','));
        return consume(']') ? elements : null;
    }

    private String string() {
        var string = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char one = text.charAt(at);
            if (one == '"') {
                at++;
                return string.toString();
            }
            int unescaped = one == '\\' ? escape() : one;
            if (unescaped < 0 || one < ' ') {
                return null;
            }
            string.append((char) unescaped);
        }
        return null;
    }

    /** The character that the escape at a backslash stands for, -1 if it is none; stops at its last character. */
    private int escape() {
        if (++at == text.length()) {
            return -1;
        }
        return switch (text.charAt(at)) {
            case '"', '\\', '/' -> text.charAt(at);
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> fourHexDigits();
            default -> -1;
        };
    }

    private int fourHexDigits() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = ++at < text.length() ? hex(text.charAt(at)) : -1;
            if (digit < 0) {
                return -1;
            }
            code = code << 4 | digit;
        }
        return code;
    }

    private static int hex(char digit) {
        return digit < 128 ? Character.digit(digit, 16) : -1;
    }

    private Object literal(String word, Object value) {
        if (!text.startsWith(word, at)) {
            return null;
        }
        at += word.length();
        return value;
    }

    private Object number() {
        int start = at;
        consumeIfNext('-');
        if (!consumeIfNext('0') && !digits()) {
            return null;
        }
        if (consumeIfNext('.') && !digits()) {
            return null;
        }
        if (consumeIfNext('e') || consumeIfNext('E')) {
            if (!consumeIfNext('-')) {
                consumeIfNext('+');
            }
            if (!digits()) {
                return null;
            }
        }
        return Double.valueOf(text.substring(start, at));
    }

    private boolean digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at > start;
    }

    private boolean consumeIfNext(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private boolean consume(char wanted) {
        skipSpace();
        return consumeIfNext(wanted);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
