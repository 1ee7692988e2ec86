/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.json;

import io.rhapsode.wire.MalformedPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads one JSON document (RFC 8259) strictly: what is no JSON is refused as a whole, with the reason "json-malformed".
 * Depth and number of values are bounded ("json-too-deep", "json-too-large"), and each byte is looked at a few times at
 * most, so that no document costs more than its length.
 */
public final class JsonReader {

    /** Arrays and objects within each other. */
    public static final int MAX_DEPTH = 16;

    /** Values of all kinds in one document. */
    public static final int MAX_VALUES = 10_000;

    private static final int LONGEST_NUMBER = 32;
    private static final String MALFORMED = "json-malformed";

    private final byte[] bytes;
    private final int end;
    private int at;
    private int values;

    private JsonReader(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** The document in the range; space and zero bytes behind it are passed over, agents count C strings with their end. */
    public static JsonValue read(byte[] bytes, int offset, int length) throws MalformedPacket {
        var reader = new JsonReader(bytes, offset, length);
        JsonValue value = reader.value(0);
        while (reader.at < reader.end && (reader.isSpace() || bytes[reader.at] == 0)) {
            reader.at++;
        }
        reader.require(reader.at == reader.end);
        return value;
    }

    /** True if the first byte that is no space opens an object. */
    public static boolean looksLikeObject(byte[] bytes, int offset, int length) {
        var reader = new JsonReader(bytes, offset, length);
        reader.skipSpace();
        return reader.at < reader.end && bytes[reader.at] == '{';
    }

    private JsonValue value(int depth) throws MalformedPacket {
        if (++values > MAX_VALUES) {
            throw new MalformedPacket("json-too-large");
        }
        if (depth > MAX_DEPTH) {
            throw new MalformedPacket("json-too-deep");
        }
        skipSpace();
        return switch (peek()) {
            case '{' -> new JsonValue(object(depth));
            case '[' -> new JsonValue(array(depth));
            case '"' -> new JsonValue(string());
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> new JsonValue(number());
        };
    }

    private Map<String, JsonValue> object(int depth) throws MalformedPacket {
        var members = new LinkedHashMap<String, JsonValue>();
        at++;
        skipSpace();
        if (taken('}')) {
            return members;
        }
        do {
            skipSpace();
            require(peek() == '"');
            String key = string();
            skipSpace();
            require(taken(':'));
            members.put(key, value(depth + 1));
            skipSpace();
        } while (taken(','));
        require(taken('}'));
        return members;
    }

    private List<JsonValue> array(int depth) throws MalformedPacket {
        var items = new ArrayList<JsonValue>();
        at++;
        skipSpace();
        if (taken(']')) {
            return items;
        }
        do {
            items.add(value(depth + 1));
            skipSpace();
        } while (taken(','));
        require(taken(']'));
        return items;
    }

    private String string() throws MalformedPacket {
        int start = ++at;
        boolean plain = true;
        while (peek() != '"') {
            if (bytes[at] == '\\') {
                plain = false;
                at++;
                require(at < end);
            } else {
                require((bytes[at] & 0xff) >= ' ');
            }
            at++;
        }
        int stop = at++;
        String text = new String(bytes, start, stop - start, StandardCharsets.UTF_8);
        return plain ? text : unescaped(text);
    }

    private static String unescaped(String text) throws MalformedPacket {
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            int place = "\"\\/bfnrt".indexOf(escape);
            if (place >= 0) {
                plain.append("\"\\/\b\f\n\r\t".charAt(place));
            } else {
                plain.append(codeUnit(text, escape, i + 1));
                i += 4;
            }
        }
        return wellFormed(plain);
    }

    /** With U+FFFD for halves of surrogate pairs, which escapes can write and UTF-8 cannot. */
    private static String wellFormed(StringBuilder text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                text.setCharAt(i, '\uFFFD');
            }
        }
        return text.toString();
    }

    private static char codeUnit(String text, char escape, int start) throws MalformedPacket {
        int unit = 0;
        for (int i = start; i < start + 4; i++) {
            int digit = escape == 'u' && i < text.length() && text.charAt(i) < 0x80
                    ? Character.digit(text.charAt(i), 16)
                    : -1;
            if (digit < 0) {
                throw new MalformedPacket(MALFORMED);
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private Double number() throws MalformedPacket {
        int start = at;
        taken('-');
        int whole = digits();
        require(whole == 1 || whole > 1 && bytes[at - whole] != '0');
        boolean integer = true;
        if (taken('.')) {
            integer = false;
            require(digits() > 0);
        }
        if (taken('e') || taken('E')) {
            integer = false;
            if (!taken('+')) {
                taken('-');
            }
            require(digits() > 0);
        }
        require(at - start <= LONGEST_NUMBER);
        if (integer && whole <= 15) {
            return (double) integer(start);
        }
        double number = Double.parseDouble(new String(bytes, start, at - start, StandardCharsets.US_ASCII));
        require(!Double.isInfinite(number));
        return number;
    }

    private long integer(int start) {
        boolean negative = bytes[start] == '-';
        long number = 0;
        for (int i = negative ? start + 1 : start; i < at; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return negative ? -number : number;
    }

    private int digits() {
        int start = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at - start;
    }

    private JsonValue word(String word, Boolean meaning) throws MalformedPacket {
        for (int i = 0; i < word.length(); i++) {
            require(taken(word.charAt(i)));
        }
        return meaning == null ? JsonValue.NULL : new JsonValue(meaning);
    }

    private byte peek() throws MalformedPacket {
        require(at < end);
        return bytes[at];
    }

    private boolean taken(char wanted) {
        boolean there = at < end && bytes[at] == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    private void skipSpace() {
        while (at < end && isSpace()) {
            at++;
        }
    }

    private boolean isSpace() {
        byte b = bytes[at];
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private void require(boolean so) throws MalformedPacket {
        if (!so) {
            throw new MalformedPacket(MALFORMED);
        }
    }
}
