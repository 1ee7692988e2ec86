/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.schema;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A message as JSON, by protobuf's own mapping (https://protobuf.dev/programming-guides/json/) under the names of the
 * {@code .proto} files: 64-bit numbers are strings, bytes are base64, enum values are names, what is empty or 0 is left
 * out. One thing differs, for people: where {@link RawPacket}'s {@code payload} is UTF-8, as SIP is, it stands as it is
 * under {@value #TEXT}, and {@code payload} is left out.
 */
public final class ProtoJson {

    /** In place of {@code payload}, where that is text. */
    public static final String TEXT = "text";

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder json = new StringBuilder(1_024);

    private ProtoJson() {}

    /** One line, UTF-8. */
    public static byte[] bytes(Message message) {
        var writer = new ProtoJson();
        writer.message(message);
        return writer.json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void message(Message message) {
        json.append('{');
        message.getAllFields().forEach(this::field);
        end('}');
    }

    private void field(FieldDescriptor field, Object value) {
        if (field.getNumber() == RawPacket.PAYLOAD_FIELD_NUMBER
                && field.getContainingType() == RawPacket.getDescriptor()
                && ((ByteString) value).isValidUtf8()) {
            name(TEXT);
            text(((ByteString) value).toStringUtf8());
        } else {
            name(field.getName());
            if (field.isMapField()) {
                map((List<?>) value);
            } else if (field.isRepeated()) {
                list(field, (List<?>) value);
            } else {
                value(field, value);
            }
        }
        json.append(',');
    }

    private void map(List<?> entries) {
        json.append('{');
        for (Object one : entries) {
            var entry = (MapEntry<?, ?>) one;
            name(key(entry.getDescriptorForType().findFieldByNumber(1), entry.getKey()));
            value(entry.getDescriptorForType().findFieldByNumber(2), entry.getValue());
            json.append(',');
        }
        end('}');
    }

    private static String key(FieldDescriptor field, Object key) {
        return key instanceof Integer number && isUnsigned(field)
                ? Integer.toUnsignedString(number)
                : key instanceof Long number && isUnsigned(field) ? Long.toUnsignedString(number) : key.toString();
    }

    private void list(FieldDescriptor field, List<?> values) {
        json.append('[');
        for (Object value : values) {
            value(field, value);
            json.append(',');
        }
        end(']');
    }

    private void value(FieldDescriptor field, Object value) {
        switch (field.getJavaType()) {
            case MESSAGE -> message((Message) value);
            case STRING -> text((String) value);
            case BYTE_STRING -> quoted(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case ENUM -> enumValue((EnumValueDescriptor) value);
            case INT -> json.append(isUnsigned(field) ? Integer.toUnsignedString((int) value) : value.toString());
            case LONG -> quoted(isUnsigned(field) ? Long.toUnsignedString((long) value) : value.toString());
            case FLOAT, DOUBLE -> real(((Number) value).doubleValue(), value.toString());
            case BOOLEAN -> json.append(value);
        }
    }

    private static boolean isUnsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, UINT64, FIXED32, FIXED64 -> true;
            default -> false;
        };
    }

    /** A value that is newer than this program has no name; its number is read as well. */
    private void enumValue(EnumValueDescriptor value) {
        if (value.getIndex() < 0) {
            json.append(value.getNumber());
        } else {
            quoted(value.getName());
        }
    }

    private void real(double number, String text) {
        if (Double.isFinite(number)) {
            json.append(text);
        } else {
            quoted(text);
        }
    }

    private void name(String name) {
        text(name);
        json.append(':');
    }

    private void quoted(String plain) {
        json.append('"').append(plain).append('"');
    }

    /** Control characters are escaped (RFC 8259 section 7). */
    private void text(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        json.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 0xf]);
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    /** In place of the last comma, where there is one. */
    private void end(char bracket) {
        int last = json.length() - 1;
        if (json.charAt(last) == ',') {
            json.setLength(last);
        }
        json.append(bracket);
    }
}
