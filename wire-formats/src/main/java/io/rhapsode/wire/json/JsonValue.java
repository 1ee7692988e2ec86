/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.json;

import java.util.List;
import java.util.Map;

/**
 * A JSON value. Whoever asks for what it is not gets nothing: an empty object, an empty list, NaN, "". So a document
 * from a stranger is read in one line, and the few keys it lacks need no case of their own.
 */
public final class JsonValue {

    static final JsonValue NULL = new JsonValue(null);

    private final Object content;

    /** @param content a Map, a List, a String, a Double, a Boolean or null */
    JsonValue(Object content) {
        this.content = content;
    }

    public boolean isObject() {
        return content instanceof Map;
    }

    /** The value of a key; JSON's null if this is no object or has no such key. */
    public JsonValue get(String key) {
        return members().getOrDefault(key, NULL);
    }

    public boolean has(String key) {
        return members().containsKey(key);
    }

    /** The members of an object, in their order; of a key that stands twice the last. */
    @SuppressWarnings("unchecked")
    public Map<String, JsonValue> members() {
        return content instanceof Map ? (Map<String, JsonValue>) content : Map.of();
    }

    /** The elements of an array. */
    @SuppressWarnings("unchecked")
    public List<JsonValue> items() {
        return content instanceof List ? (List<JsonValue>) content : List.of();
    }

    /** The number, also where it stands as a text ("3373905467"), as some agents write it; NaN if it is none. */
    public double number() {
        if (content instanceof Double number) {
            return number;
        }
        return content instanceof String text ? Numbers.of(text) : Double.NaN;
    }

    /** The text, or a number as text; empty for everything else. */
    public String text() {
        if (content instanceof Double number) {
            return number == Math.rint(number) && Math.abs(number) < 1e15
                    ? Long.toString(number.longValue())
                    : number.toString();
        }
        return content instanceof String text ? text : "";
    }
}
