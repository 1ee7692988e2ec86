/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes JSON (RFC 8259) as UTF-8 into one growing buffer that is used again and again. What is empty leaves no trace:
 * an empty text, an object or a list with nothing in it is not written, nor is its name.
 */
public final class JsonBytes {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL_CHARACTER = "\\u00".getBytes(StandardCharsets.US_ASCII);
    private static final int DEEPEST = 16;

    private byte[] bytes;
    private int length;

    /** Where each open object or list began with its comma and name, and where its content begins. */
    private final int[] begins = new int[DEEPEST];

    private final int[] contents = new int[DEEPEST];
    private int depth;

    private static final char[] TRUE = {'t', 'r', 'u', 'e'};

    public JsonBytes(int capacity) {
        bytes = new byte[capacity];
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Forgets all that stands from this position on, open objects included. */
    public void cut(int position) {
        length = position;
        depth = 0;
    }

    /** Moves what stands from {@code from} to {@code to}, which must not be later in the buffer. */
    void move(int from, int count, int to) {
        System.arraycopy(bytes, from, bytes, to, count);
        length = to + count;
    }

    void newline() {
        put('\n');
    }

    /** Opens an object without a name: a document, or an element of a list. */
    JsonBytes object() {
        int begin = length;
        comma();
        return open(begin, '{');
    }

    JsonBytes object(String name) {
        int begin = length;
        name(name);
        return open(begin, '{');
    }

    JsonBytes list(String name) {
        int begin = length;
        name(name);
        return open(begin, '[');
    }

    JsonBytes end() {
        return close('}');
    }

    JsonBytes endList() {
        return close(']');
    }

    private JsonBytes open(int begin, char bracket) {
        begins[depth] = begin;
        put(bracket);
        contents[depth++] = length;
        return this;
    }

    private JsonBytes close(char bracket) {
        depth--;
        if (length == contents[depth] && depth > 0) {
            length = begins[depth];
        } else {
            put(bracket);
        }
        return this;
    }

    JsonBytes text(String name, String value) {
        if (!value.isEmpty()) {
            name(name);
            quoted(value);
        }
        return this;
    }

    /** An element of a list. */
    JsonBytes text(String value) {
        if (!value.isEmpty()) {
            comma();
            quoted(value);
        }
        return this;
    }

    JsonBytes texts(String name, Iterable<String> values) {
        list(name);
        values.forEach(this::text);
        return endList();
    }

    /** The text from its end to its beginning: a search for its last characters becomes one for its first. */
    JsonBytes reversed(String name, String value) {
        return text(name, new StringBuilder(value).reverse().toString());
    }

    /** An element of a list, likewise. */
    JsonBytes reversed(String value) {
        return text(new StringBuilder(value).reverse().toString());
    }

    JsonBytes number(String name, long value) {
        name(name);
        decimal(value);
        return this;
    }

    /** A finite number with its decimals. */
    JsonBytes decimal(String name, double value) {
        name(name);
        raw(Double.toString(value).getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /** An element of a list. */
    JsonBytes number(long value) {
        comma();
        decimal(value);
        return this;
    }

    /** True, or nothing at all. */
    JsonBytes flag(String name, boolean value) {
        if (value) {
            name(name);
            for (char letter : TRUE) {
                put(letter);
            }
        }
        return this;
    }

    /** A number that is only written where it fits Elasticsearch's integer: a broken header must not cost the message. */
    JsonBytes integer(String name, int unsigned) {
        return unsigned >= 0 ? number(name, unsigned) : this;
    }

    /** A number for which 0 means that there is none. */
    JsonBytes numberUnlessZero(String name, int unsigned) {
        return unsigned > 0 ? number(name, unsigned) : this;
    }

    /**
     * Bytes that should be UTF-8. What is not shows as U+FFFD.
     *
     * @return true if it was all UTF-8, so that the text says the same as the bytes
     */
    boolean utf8(String name, ByteString value) {
        if (value.isEmpty()) {
            return true;
        }
        name(name);
        put('"');
        boolean ascii = ascii(value);
        boolean valid = ascii || value.isValidUtf8();
        if (!ascii) {
            characters(value.toString(StandardCharsets.UTF_8));
        }
        put('"');
        return valid;
    }

    /** Writes as long as it is all ASCII; writes nothing and returns false if it is not. */
    private boolean ascii(ByteString value) {
        int size = value.size();
        int begin = length;
        ensure(6 * size);
        byte[] to = bytes;
        int at = length;
        for (int i = 0; i < size; i++) {
            byte b = value.byteAt(i);
            if (isPlain(b)) {
                to[at++] = b;
            } else if (b >= 0) {
                length = at;
                escaped(b);
                at = length;
            } else {
                length = begin;
                return false;
            }
        }
        length = at;
        return true;
    }

    JsonBytes base64(String name, ByteString value) {
        name(name);
        put('"');
        raw(Base64.getEncoder().encode(value.toByteArray()));
        put('"');
        return this;
    }

    /** ISO 8601 in UTC with microseconds, "2026-11-24T08:30:00.000001Z"; nothing for 0. */
    JsonBytes time(String name, long micros) {
        if (micros != 0) {
            name(name);
            put('"');
            ensure(UtcTime.LENGTH);
            length = UtcTime.write(micros, bytes, length);
            put('"');
        }
        return this;
    }

    JsonBytes address(String name, ByteString address) {
        if (address.size() == 4 || address.size() == 16) {
            name(name);
            put('"');
            ensure(IpText.LONGEST);
            length = IpText.write(address, bytes, length);
            put('"');
        }
        return this;
    }

    private void name(String name) {
        comma();
        quoted(name);
        put(':');
    }

    private void comma() {
        if (depth > 0 && length > contents[depth - 1]) {
            put(',');
        }
    }

    private void quoted(String value) {
        put('"');
        characters(value);
        put('"');
    }

    private void characters(String value) {
        int count = value.length();
        ensure(6 * count);
        for (int i = plain(value, count); i < count; i++) {
            char c = value.charAt(i);
            if (c < 0x80) {
                character((byte) c);
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(value.charAt(i + 1))) {
                wide(Character.toCodePoint(c, value.charAt(++i)));
            } else {
                wide(Character.isSurrogate(c) ? '\uFFFD' : c);
            }
        }
    }

    /** Writes what stands before the first character that is not plain; mostly that is all of it. */
    private int plain(String value, int count) {
        byte[] to = bytes;
        int begin = length;
        int i = 0;
        for (; i < count; i++) {
            char c = value.charAt(i);
            if (c >= 0x80 || !isPlain((byte) c)) {
                break;
            }
            to[begin + i] = (byte) c;
        }
        length = begin + i;
        return i;
    }

    /** True for ASCII that stands for itself between quotes. */
    private static boolean isPlain(byte c) {
        return c >= ' ' && c != '"' && c != '\\';
    }

    /** One ASCII character; there is room for its six bytes. */
    private void character(byte c) {
        if (isPlain(c)) {
            bytes[length++] = c;
        } else {
            escaped(c);
        }
    }

    private void escaped(byte c) {
        char letter =
                switch (c) {
                    case '\r' -> 'r';
                    case '\n' -> 'n';
                    case '\t' -> 't';
                    case '"', '\\' -> (char) c;
                    default -> 0;
                };
        if (letter != 0) {
            bytes[length++] = '\\';
            bytes[length++] = (byte) letter;
        } else {
            System.arraycopy(NULL_CHARACTER, 0, bytes, length, 4);
            bytes[length + 4] = HEX[c >> 4];
            bytes[length + 5] = HEX[c & 15];
            length += 6;
        }
    }

    /** UTF-8 of a code point from U+0080 on; there is room for it. */
    private void wide(int codePoint) {
        if (codePoint < 0x800) {
            bytes[length++] = (byte) (0xC0 | codePoint >> 6);
        } else {
            if (codePoint < 0x10000) {
                bytes[length++] = (byte) (0xE0 | codePoint >> 12);
            } else {
                bytes[length++] = (byte) (0xF0 | codePoint >> 18);
                bytes[length++] = (byte) (0x80 | codePoint >> 12 & 63);
            }
            bytes[length++] = (byte) (0x80 | codePoint >> 6 & 63);
        }
        bytes[length++] = (byte) (0x80 | codePoint & 63);
    }

    private void decimal(long value) {
        if (value < 0) {
            raw(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
            return;
        }
        ensure(19);
        int digits = 1;
        for (long rest = value; rest > 9; rest /= 10) {
            digits++;
        }
        int at = length + digits;
        length = at;
        do {
            bytes[--at] = (byte) ('0' + value % 10);
            value /= 10;
        } while (value > 0);
    }

    private void raw(byte[] more) {
        ensure(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
    }

    private void put(char c) {
        ensure(1);
        bytes[length++] = (byte) c;
    }

    private void ensure(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), 2 * bytes.length));
        }
    }
}
