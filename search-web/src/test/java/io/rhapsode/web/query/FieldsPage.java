/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import io.rhapsode.schema.Indices;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what {@code docs/fields.md} says of each kind of documents, from its template and the reasons beside that. */
final class FieldsPage {

    private static final String REVERSED = "rhapsode.reversed.";
    private static final Set<String> WITHOUT_DOC_VALUES = Set.of("text", "binary");

    private final Indices indices;
    private final JsonObject template;
    private final Map<String, JsonObject> fields = new LinkedHashMap<>();
    private final Properties reasons = new Properties();

    FieldsPage(Indices indices) throws IOException {
        this.indices = indices;
        try (var stream = Indices.class.getResourceAsStream(indices.template());
                var reader = Json.createReader(stream)) {
            template = reader.readObject();
        }
        String file = indices.template().replace(".json", ".reasons.properties");
        try (var stream = Indices.class.getResourceAsStream(file)) {
            reasons.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
        }
        collect("", template.getJsonObject("template").getJsonObject("mappings").getJsonObject("properties"));
    }

    static String ofAll() throws IOException {
        var page = new StringBuilder();
        for (Indices each : Indices.values()) {
            page.append(new FieldsPage(each).section());
        }
        return page.toString();
    }

    /** Fields that nobody says a reason for. */
    Set<String> withoutReason() {
        var names = new TreeSet<>(fields.keySet());
        names.removeAll(reasons.stringPropertyNames());
        return names;
    }

    /** Reasons for fields that are not there. */
    Set<String> withoutField() {
        var names = new TreeSet<>(reasons.stringPropertyNames());
        names.removeAll(fields.keySet());
        return names;
    }

    private void collect(String prefix, JsonObject properties) {
        for (String name : properties.keySet()) {
            JsonObject field = properties.getJsonObject(name);
            if (field.containsKey("properties")) {
                collect(prefix + name + ".", field.getJsonObject("properties"));
            } else {
                fields.put(prefix + name, field);
            }
        }
    }

    private String section() {
        var section = new StringBuilder("\n## " + indices.alias() + "\n\n");
        section.append(template.getJsonObject("_meta").getString("description"))
                .append(". ")
                .append(fields.size())
                .append(" fields")
                .append(kind().map(kind -> "; searched as " + kind.path() + ".")
                        .orElse("; read by `/api/v1/" + (indices == Indices.KPIS ? "kpis" : "status") + "`."))
                .append("\n\n| field | type | asked as | sorted, counted | why |\n| --- | --- | --- | --- | --- |\n");
        fields.forEach((name, field) -> section.append("| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        name,
                        field.getString("type"),
                        asked(name, field),
                        hasDocValues(field) ? "yes" : "",
                        reasons.getProperty(name, ""))));
        return section.toString();
    }

    private Optional<Kind> kind() {
        return Stream.of(Kind.values())
                .filter(kind -> kind.indices() == indices)
                .findAny();
    }

    private String asked(String name, JsonObject field) {
        if (kind().isEmpty() || !isIndexed(field)) {
            return "";
        }
        if (field.getString("type").equals("flattened")) {
            return "`header.NAME`";
        }
        String names = Fields.SHORT.stream()
                .filter(each -> each.paths(kind().orElseThrow()).stream().anyMatch(path -> leadsTo(path, name)))
                .map(each -> "`" + each.name() + (name.startsWith(REVERSED) ? ":*…" : "") + "`")
                .collect(Collectors.joining(" "));
        return names.isEmpty() ? "full name" : names;
    }

    private boolean leadsTo(String path, String name) {
        return path.equals(name)
                || Fields.reversed(kind().orElseThrow(), path)
                        .filter(name::equals)
                        .isPresent();
    }

    private static boolean isIndexed(JsonObject field) {
        return field.getBoolean("index", true) && !field.getString("type").equals("binary");
    }

    private static boolean hasDocValues(JsonObject field) {
        return field.getBoolean("doc_values", !WITHOUT_DOC_VALUES.contains(field.getString("type")));
    }
}
