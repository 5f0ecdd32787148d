// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/** The kind of a collection's index. Here it only decides when the index becomes stale. */
public enum IndexKind {
  /** A graph that takes inserts and marks deletes from its first point on. */
  HNSW,
  /** A graph in memory that must be built and takes few changes until the next build. */
  VAMANA,
  /** The same on disk. */
  DISK_VAMANA,
  /** Lists around centroids that must be found first; then every change goes in place. */
  IVF,
  /** For multivector collections only. */
  COLBERT
}
