/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {

    @ParameterizedTest
    @CsvSource({
        "200, '', STORED",
        "201, '', STORED",
        "409, version_conflict_engine_exception, STORED",
        "400, document_parsing_exception, POISON",
        "400, illegal_argument_exception, POISON",
        "413, '', POISON",
        "429, es_rejected_execution_exception, RETRY",
        "503, unavailable_shards_exception, RETRY",
        "500, exception, RETRY",
        "404, index_not_found_exception, RETRY",
        "403, cluster_block_exception, RETRY",
        "0, '', RETRY"
    })
    void theDocumentsFaultIsPoisonAndElasticsearchsIsNot(int status, String type, Outcome outcome) {
        assertThat(Outcome.of(status, type)).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"validation_exception", "index_closed_exception"})
    void aFullOrClosedClusterAnswers400ButCostsNoDocument(String type) {
        assertThat(Outcome.of(400, type)).isEqualTo(Outcome.RETRY);
    }
}
