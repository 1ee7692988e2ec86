/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.schema.KeptIndex;
import io.rhapsode.web.query.Kind;
import java.text.Normalizer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The searches that were given names. There are no users yet: everybody has the same list. */
final class SavedSearches {

    static final int MOST = 1_000;
    static final int LONGEST_NAME = 80;

    /** What a search is made of, for those who ask for the parameters of one. */
    static final String[] PARTS = {"kind", "q", "range", "from", "to"};

    private final Kept kept;

    SavedSearches(Elasticsearch elasticsearch) {
        kept = new Kept(elasticsearch, KeptIndex.SEARCHES, MOST);
    }

    /** By name, in any case. */
    List<SavedSearch> all() {
        return kept.all().stream()
                .map(SavedSearch::of)
                .sorted(Comparator.<SavedSearch, String>comparing(
                                search -> search.name().toLowerCase(Locale.ROOT))
                        .thenComparing(SavedSearch::name))
                .toList();
    }

    Optional<SavedSearch> find(String name) {
        return kept.get(checked(name)).map(SavedSearch::of);
    }

    /** @throws Refused 400 if the query cannot be answered, 409 if the condition does not hold */
    SavedSearch save(String name, SearchPage.Asked asked, Kept.Condition condition) {
        var search = new SavedSearch(checked(name), asked, "", "");
        return SavedSearch.of(
                kept.put(search.name(), search.document(Instant.now().truncatedTo(ChronoUnit.MILLIS)), condition));
    }

    /** @return false if there was none */
    boolean delete(String name, Kept.Condition condition) {
        return kept.delete(checked(name), condition);
    }

    /**
     * What is to be saved, in the parameters' words.
     *
     * @throws Refused 400 if it could not be searched for
     */
    static SearchPage.Asked asked(Parameters parameters) {
        String path = parameters.text("kind").isEmpty() ? Kind.CALLS.path() : parameters.text("kind");
        Kind kind = Kind.of(path)
                .orElseThrow(() -> Refused.badRequest("'kind' must be "
                        + String.join(
                                ", ", Stream.of(Kind.values()).map(Kind::path).toList())
                        + ", not '" + Parameters.cut(path) + "'"));
        Instant from = parameters.time("from");
        Instant to = parameters.time("to");
        String range = range(parameters.text("range"), from != null || to != null);
        var search = new Search(kind, parameters.text("q").strip(), from, to, 0, false);
        search.checkOrder();
        CallStore.check(search);
        return new SearchPage.Asked(
                search.query(), kind, range, from == null ? "" : from.toString(), to == null ? "" : to.toString(), "");
    }

    private static String range(String range, boolean fixed) {
        if (range.isEmpty()) {
            return fixed ? "custom" : Pages.DEFAULT_RANGE;
        }
        if (range.equals("custom") ? !fixed : fixed) {
            throw Refused.badRequest("either a 'range', or 'from' and 'to'");
        }
        if (!range.equals("custom") && !Pages.RANGES.containsKey(range)) {
            throw Refused.badRequest("'range' must be " + String.join(", ", Pages.RANGES.keySet()) + ", not '"
                    + Parameters.cut(range) + "'");
        }
        return range;
    }

    /**
     * The name as it is kept: every character can be seen, and stands in one segment of an address also for those who
     * tidy addresses up.
     *
     * @throws Refused 400
     */
    static String checked(String text) {
        String name = Normalizer.normalize(text.strip(), Normalizer.Form.NFC);
        Parameters.checkLine("name", name, LONGEST_NAME);
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.chars().allMatch(c -> c == '.')) {
            throw Refused.badRequest("a name has no slashes, and is not of dots alone");
        }
        return name;
    }
}
