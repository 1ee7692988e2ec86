/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.spi.JsonProvider;
import java.io.InputStream;
import java.io.Reader;
import java.util.Collection;

/**
 * {@link jakarta.json.Json} with a provider that is looked for once. That one looks through all jars of the class path
 * for it with every object that it makes, which was half of what a page of hits cost here.
 */
final class Json {

    private static final JsonProvider PROVIDER = JsonProvider.provider();

    private Json() {}

    static JsonObjectBuilder createObjectBuilder() {
        return PROVIDER.createObjectBuilder();
    }

    /** @param object what is in it to begin with */
    static JsonObjectBuilder createObjectBuilder(JsonObject object) {
        return PROVIDER.createObjectBuilder(object);
    }

    static JsonArrayBuilder createArrayBuilder() {
        return PROVIDER.createArrayBuilder();
    }

    /** @param values what is in it to begin with */
    static JsonArrayBuilder createArrayBuilder(Collection<?> values) {
        return PROVIDER.createArrayBuilder(values);
    }

    static JsonString createValue(String text) {
        return PROVIDER.createValue(text);
    }

    static JsonReader createReader(Reader text) {
        return PROVIDER.createReader(text);
    }

    static JsonReader createReader(InputStream utf8) {
        return PROVIDER.createReader(utf8);
    }
}
