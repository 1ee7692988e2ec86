/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The captures of the project and, where it is there, of the folder of extra captures, with tshark's reading of them. */
final class Captures {

    static final Path BUNDLED = Path.of("../wire-formats/src/test/resources/captures");
    static final Path EXTRA = Path.of(
            Optional.ofNullable(System.getenv("RHAPSODE_EXTRA_CAPTURES")).orElse("../../shared/data"));

    private static final String SUFFIX = ".oracle.jsonl";

    /** Damaged on purpose, so that no reading is the right one; and a format that is neither pcap nor pcapng. */
    private static final Set<String> NO_MEASURE = Set.of("rfc4475_all", "c07-sip-r2.cap");

    private static final Set<String> TRANSPORTS = Set.of("udp", "tcp", "ws", "sctp");

    private Captures() {}

    /** @param rows what tshark read: one object a SIP message */
    record Capture(Path file, List<JsonObject> rows) {
        String name() {
            return file.getFileName().toString();
        }
    }

    static boolean extrasAreThere() {
        return Files.isDirectory(EXTRA.resolve("files"));
    }

    /** Every capture below a folder that has SIP that can be read. */
    static List<Capture> withSip(Path folder) throws IOException {
        var captures = new ArrayList<Capture>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path oracle : files.filter(Captures::isOracle).sorted().toList()) {
                String name = oracle.getFileName().toString();
                Path file = oracle.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
                List<JsonObject> rows = rows(oracle);
                if (Files.exists(file) && rows.stream().anyMatch(Captures::isReadable)) {
                    captures.add(new Capture(file, rows));
                }
            }
        }
        return captures;
    }

    /** Over TLS nobody can read it, and what tshark exports without its transport has no time of its own. */
    static boolean isReadable(JsonObject row) {
        return TRANSPORTS.contains(text(row, "transport"));
    }

    private static boolean isOracle(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(SUFFIX)
                && !name.endsWith(".hep" + SUFFIX)
                && !name.startsWith("fuzz-")
                && NO_MEASURE.stream().noneMatch(name::startsWith);
    }

    private static List<JsonObject> rows(Path oracle) throws IOException {
        var rows = new ArrayList<JsonObject>();
        for (String line : Files.readAllLines(oracle)) {
            try (var reader = Json.createReader(new StringReader(line))) {
                rows.add(reader.readObject());
            }
        }
        return rows;
    }

    /** A field of a document as text, empty where there is none; the name may have dots, of a list the first counts. */
    static String text(JsonObject object, String field) {
        JsonValue value = object;
        for (String name : object.containsKey(field) ? new String[] {field} : field.split("\\.")) {
            if (value != null && value.getValueType() == JsonValue.ValueType.ARRAY) {
                value = value.asJsonArray().isEmpty()
                        ? null
                        : value.asJsonArray().get(0);
            }
            if (value == null || value.getValueType() != JsonValue.ValueType.OBJECT) {
                return "";
            }
            value = value.asJsonObject().get(name);
        }
        if (value == null || value == JsonValue.NULL) {
            return "";
        }
        return value instanceof jakarta.json.JsonString string ? string.getString() : value.toString();
    }
}
