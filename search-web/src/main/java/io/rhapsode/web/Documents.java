/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.stream.Stream;

/** Reads fields of documents by their dotted names. */
final class Documents {

    private Documents() {}

    /** The text of a field; of several values the first; empty if absent. */
    static String text(JsonObject document, String field) {
        List<String> values = texts(document, field);
        return values.isEmpty() ? "" : values.get(0);
    }

    /** All values of a field that may have several. */
    static List<String> texts(JsonObject document, String field) {
        JsonValue value = value(document, field);
        if (value instanceof JsonArray array) {
            return array.stream().map(Documents::text).toList();
        }
        return value == null || value == JsonValue.NULL ? List.of() : List.of(text(value));
    }

    /** A number, or the fallback if absent. */
    static long number(JsonObject document, String field, long fallback) {
        return value(document, field) instanceof JsonNumber number ? number.longValue() : fallback;
    }

    /** A number with its decimals, NaN if absent. */
    static double decimal(JsonObject document, String field) {
        return value(document, field) instanceof JsonNumber number ? number.doubleValue() : Double.NaN;
    }

    /** The objects of a list. */
    static List<JsonObject> objects(JsonObject document, String field) {
        return value(document, field) instanceof JsonArray array ? array.getValuesAs(JsonObject.class) : List.of();
    }

    private static String text(JsonValue value) {
        return value instanceof JsonString string ? string.getString() : value.toString();
    }

    private static JsonValue value(JsonObject document, String field) {
        JsonValue value = document;
        for (String name : field.split("\\.")) {
            if (!(value instanceof JsonObject object)) {
                return null;
            }
            value = object.get(name);
        }
        return value;
    }

    /** The document without some of what is in its "rhapsode". */
    static JsonObject without(String[] names, JsonObject document) {
        JsonObject inner = document.getJsonObject("rhapsode");
        if (inner == null || Stream.of(names).noneMatch(inner::containsKey)) {
            return document;
        }
        var rest = Json.createObjectBuilder(inner);
        Stream.of(names).forEach(rest::remove);
        return Json.createObjectBuilder(document).add("rhapsode", rest).build();
    }
}
