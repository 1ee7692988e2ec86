/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.OpType;
import co.elastic.clients.elasticsearch._types.Refresh;
import co.elastic.clients.elasticsearch._types.Result;
import co.elastic.clients.elasticsearch.core.DeleteRequest;
import co.elastic.clients.elasticsearch.core.IndexRequest;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.mget.MultiGetResponseItem;
import co.elastic.clients.json.JsonData;
import io.rhapsode.schema.KeptIndex;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.elasticsearch.client.ResponseException;

/**
 * An index of what people keep, the only kind that search-web writes. Whether a document may be written is for
 * Elasticsearch to say, which knows of all that is written to it, not for a look at it beforehand. What is written is
 * found at once.
 */
final class Kept {

    private static final int CONFLICT = 409;

    private final Elasticsearch elasticsearch;
    private final KeptIndex index;
    private final int most;

    /** @param most documents there may be; a few more if they come in the same moment */
    Kept(Elasticsearch elasticsearch, KeptIndex index, int most) {
        this.elasticsearch = elasticsearch;
        this.index = index;
        this.most = most;
    }

    /** @param version changes with each writing */
    record Entry(String id, String version, JsonObject document) {}

    /** Under which condition something is written: whatever there is, only if nothing is, or only over this version. */
    record Condition(boolean onlyNew, long sequence, long term) {

        static final Condition NONE = new Condition(false, -1, -1);
        static final Condition ABSENT = new Condition(true, -1, -1);

        /** @throws Refused 400 if it is no version that was given out */
        static Condition version(String version) {
            int dash = version.indexOf('-');
            try {
                return new Condition(
                        false, Long.parseLong(version, 0, dash, 10), Long.parseLong(version.substring(dash + 1)));
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                throw Refused.badRequest("'" + Parameters.cut(version) + "' is no version that was given out");
            }
        }

        /**
         * @param match {@code If-Match}: a version in quotes; null if absent
         * @param noneMatch {@code If-None-Match}: an asterisk; null if absent
         */
        static Condition of(String match, String noneMatch) {
            if (match != null && noneMatch != null || noneMatch != null && !noneMatch.equals("*")) {
                throw Refused.badRequest("either If-Match with a version, or If-None-Match: *");
            }
            return noneMatch != null ? ABSENT : match == null ? NONE : version(match.replace("\"", ""));
        }

        private Long sequenceOrNull() {
            return sequence < 0 ? null : sequence;
        }

        private Long termOrNull() {
            return sequence < 0 ? null : term;
        }
    }

    /** All of them, in no order. */
    List<Entry> all() {
        // A few that came in the same moment may be above the limit.
        var request = SearchRequest.of(
                r -> r.index(index.alias()).size(Math.min(2 * most, 10_000)).seqNoPrimaryTerm(true));
        var answer = elasticsearch.search(request, JsonData.class);
        return answer == null
                ? List.of()
                : answer.hits().hits().stream()
                        .map(hit -> new Entry(
                                hit.id(),
                                hit.seqNo() + "-" + hit.primaryTerm(),
                                hit.source().toJson().asJsonObject()))
                        .toList();
    }

    Optional<Entry> get(String id) {
        return get(List.of(id)).stream().findFirst();
    }

    /** Those that are there of these. */
    List<Entry> get(Collection<String> ids) {
        return elasticsearch.ask(
                client -> client.mget(m -> m.index(index.alias()).ids(List.copyOf(ids)), JsonData.class).docs().stream()
                        .filter(Kept::isThere)
                        .map(doc -> new Entry(
                                doc.result().id(),
                                doc.result().seqNo() + "-" + doc.result().primaryTerm(),
                                doc.result().source().toJson().asJsonObject()))
                        .toList(),
                List.of());
    }

    private static boolean isThere(MultiGetResponseItem<JsonData> item) {
        if (item.isFailure()
                && !"index_not_found_exception".equals(item.failure().error().type())) {
            throw Refused.unavailable(
                    "Elasticsearch cannot look it up: " + item.failure().error().reason(), null);
        }
        return item.isResult() && item.result().found();
    }

    /**
     * Writes a document.
     *
     * @return what is there now
     * @throws Refused 409 if the condition does not hold, or there are as many as there may be
     */
    Entry put(String id, JsonObject document, Condition condition) {
        elasticsearch.ask(this::install, null);
        if (get(id).isEmpty() && count() >= most) {
            throw Refused.conflict("there are " + most + " already; delete one first");
        }
        var request = IndexRequest.<JsonData>of(r -> r.index(index.index())
                .id(id)
                .document(JsonData.of(document))
                .opType(condition.onlyNew() ? OpType.Create : OpType.Index)
                .ifSeqNo(condition.sequenceOrNull())
                .ifPrimaryTerm(condition.termOrNull())
                .refresh(Refresh.True));
        Entry written = elasticsearch.ask(
                nullOnConflict(client -> {
                    var answer = client.index(request);
                    return new Entry(id, answer.seqNo() + "-" + answer.primaryTerm(), document);
                }),
                null);
        return written != null ? written : written(id, document);
    }

    /** A conflict with ourselves is none: the answer to the first attempt may not have come through. */
    private Entry written(String id, JsonObject document) {
        return get(id).filter(entry -> entry.document().equals(document))
                .orElseThrow(() -> Refused.conflict("it is there already, or was changed meanwhile; look at it first"));
    }

    /**
     * Takes a document out.
     *
     * @return false if it was not there
     * @throws Refused 409 if it is another version
     */
    boolean delete(String id, Condition condition) {
        var request = DeleteRequest.of(r -> r.index(index.index())
                .id(id)
                .ifSeqNo(condition.sequenceOrNull())
                .ifPrimaryTerm(condition.termOrNull())
                .refresh(Refresh.True));
        Result result = elasticsearch.ask(
                nullOnConflict(client -> client.delete(request).result()), Result.NotFound);
        if (result == null) {
            throw Refused.conflict("it was changed meanwhile; look at it first");
        }
        return result == Result.Deleted;
    }

    /** The client has an exception of its own for some refusals, and for others that of what it builds upon. */
    private static <T> Elasticsearch.Question<T> nullOnConflict(Elasticsearch.Question<T> write) {
        return client -> {
            try {
                return write.ask(client);
            } catch (ElasticsearchException e) {
                if (e.status() != CONFLICT) {
                    throw e;
                }
            } catch (ResponseException e) {
                if (e.getResponse().getStatusLine().getStatusCode() != CONFLICT) {
                    throw e;
                }
            }
            return null;
        };
    }

    private long count() {
        return elasticsearch.ask(
                client -> client.count(c -> c.index(index.alias())).count(), 0L);
    }

    /** The template, where it is absent or older than this program's: without it a document would fix the wrong mapping. */
    private Void install(ElasticsearchClient client) throws IOException {
        try (var resource = KeptIndex.class.getResourceAsStream(index.template())) {
            byte[] ours = resource.readAllBytes();
            long version;
            try (var reader = Json.createReader(new ByteArrayInputStream(ours))) {
                version = reader.readObject().getInt("version");
            }
            if (installedVersion(client) < version) {
                client.indices().putIndexTemplate(t -> t.name(index.alias()).withJson(new ByteArrayInputStream(ours)));
            }
        }
        return null;
    }

    /** 0 for a template without one, -1 if there is none. */
    private long installedVersion(ElasticsearchClient client) throws IOException {
        return client.indices().existsIndexTemplate(t -> t.name(index.alias())).value()
                ? Optional.ofNullable(client.indices()
                                .getIndexTemplate(t -> t.name(index.alias()))
                                .indexTemplates()
                                .get(0)
                                .indexTemplate()
                                .version())
                        .orElse(0L)
                : -1;
    }
}
