/**
 * A whole cluster on one machine, for the commands {@code dev} and {@code demo} and for tests: an
 * ensemble of member processes, and in-memory doubles of Quiver's shards and routers.
 *
 * <p>The doubles are an independent work written from observed behaviour (docs/quiver-contract.md),
 * and one suite of tests runs against them and against the real thing. {@link
 * io.quiverdb.coordinator.dev.ShardCore} and {@link io.quiverdb.coordinator.dev.RouterCore} know no
 * HTTP and no clock of their own, so that a simulation can call them; {@link
 * io.quiverdb.coordinator.dev.QuiverApi} is the REST surface over both. What they leave out:
 * filters, documents, hybrid search, replication.
 *
 * <p>Nothing that runs in production belongs here, and nothing here is ever used by it.
 */
@NullMarked
package io.quiverdb.coordinator.dev;

import org.jspecify.annotations.NullMarked;
