/* SPDX-License-Identifier: Apache-2.0 */
/** Everything on one machine: a real Kafka and a real Elasticsearch as child processes, and the four services. */
package io.rhapsode.standalone;
