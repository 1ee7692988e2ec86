/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of a document kind and their types, read from its index template. */
final class Mapping {

    private Mapping() {}

    /** Type by full name, {@code "source.ip" -> "ip"}; fields that are not indexed are left out. */
    static Map<String, String> of(Indices indices) {
        try (InputStream template = Indices.class.getResourceAsStream(indices.template());
                var reader = Json.createReader(template)) {
            var types = new LinkedHashMap<String, String>();
            collect(
                    "",
                    reader.readObject()
                            .getJsonObject("template")
                            .getJsonObject("mappings")
                            .getJsonObject("properties"),
                    types);
            return Map.copyOf(types);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void collect(String prefix, JsonObject properties, Map<String, String> types) {
        for (String name : properties.keySet()) {
            JsonObject property = properties.getJsonObject(name);
            if (property.containsKey("properties")) {
                collect(prefix + name + ".", property.getJsonObject("properties"), types);
            } else if (property.getBoolean("index", true)
                    && !property.getString("type").equals("binary")) {
                types.put(prefix + name, property.getString("type"));
            }
        }
    }
}
