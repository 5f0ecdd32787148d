// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.util.concurrent.Executor;

/** The one thread that all streams share, and its clock. */
interface Turn extends Executor {
  /** Of a monotonic clock. */
  long nanos();
}
