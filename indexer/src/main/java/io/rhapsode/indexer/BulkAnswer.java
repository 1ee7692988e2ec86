/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Elasticsearch says of one bulk.
 *
 * @param status of the whole: 200 if it looked at the documents, 0 if there was no answer
 * @param trouble why the whole failed, a sentence; empty if it did not
 * @param allStored true if nothing is wrong with any document; then there are no items
 * @param items one a document, in the order of the documents
 */
record BulkAnswer(int status, String trouble, boolean allStored, List<Item> items) {

    /** What the answer is cut down to before it is sent. */
    static final String FILTER =
            "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by";

    private static final int TOO_MANY_REQUESTS = 429;

    /** Errors of a full queue or full memory; a 429 of another type, of a full disk say, is not helped by waiting longer. */
    private static final Set<String> OVERLOAD = Set.of("es_rejected_execution_exception", "circuit_breaking_exception");

    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    /**
     * @param status HTTP status of this document, 0 if the answer has none
     * @param type of the error, "" without one
     * @param reason in words, "" without an error
     */
    record Item(int status, String type, String reason) {

        private static final Item MISSING = new Item(0, "", "");

        Outcome outcome() {
            return Outcome.of(status, type);
        }
    }

    static BulkAnswer failed(int status, String trouble) {
        return new BulkAnswer(status, trouble, false, List.of());
    }

    /**
     * @param body {@code {"errors":true,"items":[{"index":{"status":400,"error":{"type":"...","reason":"..."}}}]}}
     * @throws jakarta.json.JsonException if it is no such answer
     */
    static BulkAnswer parse(InputStream body) {
        try (var parser = PARSERS.createParser(body)) {
            var items = new ArrayList<Item>();
            boolean errors = true;
            boolean said = false;
            parser.next();
            while (parser.hasNext() && parser.next() == JsonParser.Event.KEY_NAME) {
                String key = parser.getString();
                var event = parser.next();
                if (key.equals("errors")) {
                    errors = event != JsonParser.Event.VALUE_FALSE;
                    said = true;
                } else if (key.equals("items")) {
                    items(parser, items);
                } else {
                    skip(parser, event);
                }
                if (!errors) {
                    break;
                }
            }
            return said ? new BulkAnswer(200, "", !errors, items) : failed(0, "an answer without a word on errors");
        }
    }

    /** True if it was more than Elasticsearch takes at present: as a whole, or one of its documents. */
    boolean pushesBack() {
        return status == TOO_MANY_REQUESTS || items.stream().anyMatch(item -> OVERLOAD.contains(item.type()));
    }

    /** Of the document at this place; one without a status where the answer is too short. */
    Item item(int place) {
        return place < items.size() ? items.get(place) : Item.MISSING;
    }

    private static void items(JsonParser parser, List<Item> items) {
        while (parser.next() == JsonParser.Event.START_OBJECT) {
            parser.next();
            parser.next();
            items.add(item(parser));
            parser.next();
        }
    }

    private static Item item(JsonParser parser) {
        int status = 0;
        String type = "";
        String reason = "";
        while (parser.next() == JsonParser.Event.KEY_NAME) {
            String key = parser.getString();
            var event = parser.next();
            if (key.equals("status")) {
                status = parser.getInt();
            } else if (key.equals("error") && event == JsonParser.Event.START_OBJECT) {
                var error = parser.getObject();
                type = error.getString("type", "");
                reason = reason(error);
            } else {
                skip(parser, event);
            }
        }
        return new Item(status, type, reason);
    }

    private static String reason(jakarta.json.JsonObject error) {
        var cause = error.getJsonObject("caused_by");
        String reason = error.getString("reason", "");
        return cause == null ? reason : reason + ": " + cause.getString("reason", "");
    }

    private static void skip(JsonParser parser, JsonParser.Event event) {
        if (event == JsonParser.Event.START_OBJECT) {
            parser.skipObject();
        } else if (event == JsonParser.Event.START_ARRAY) {
            parser.skipArray();
        }
    }
}
