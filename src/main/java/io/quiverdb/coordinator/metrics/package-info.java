// SPDX-License-Identifier: Apache-2.0
/**
 * Metrics for Prometheus.
 *
 * <p>What lives here: the only use of Micrometer, and the names of all metrics (docs/metrics.md).
 * What never will: a decision that depends on a metric.
 */
@NullMarked
package io.quiverdb.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
