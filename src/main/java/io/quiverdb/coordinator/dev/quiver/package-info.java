// SPDX-License-Identifier: Apache-2.0
/**
 * In-memory shards and routers that behave like Quiver's, for the commands {@code dev} and {@code
 * demo} and for tests.
 *
 * <p>They are an independent work written from observed behaviour (docs/quiver-contract.md). The
 * contract tests run against them and against the real binaries. {@link
 * io.quiverdb.coordinator.dev.quiver.ShardCore} and {@link
 * io.quiverdb.coordinator.dev.quiver.RouterCore} know no HTTP and no clock of their own, so that a
 * simulation can call them; {@link io.quiverdb.coordinator.dev.quiver.QuiverApi} is the REST
 * surface of both. Left out: filters, documents, hybrid search, replication.
 *
 * <p>This package knows no coordinator and starts no member. Production code never uses it.
 */
@NullMarked
package io.quiverdb.coordinator.dev.quiver;

import org.jspecify.annotations.NullMarked;
