// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/** How near two vectors are. */
public enum Metric {
  /** Squared Euclidean distance: less is nearer. */
  L2(false),
  /** Cosine of the angle, 0 if a vector is zero: more is nearer. */
  COSINE(true),
  /** Inner product: more is nearer. */
  DOT(true);

  private final boolean higherIsBetter;

  Metric(boolean higherIsBetter) {
    this.higherIsBetter = higherIsBetter;
  }

  boolean higherIsBetter() {
    return higherIsBetter;
  }

  float score(FloatVector a, FloatVector b) {
    return switch (this) {
      case L2 -> (float) a.squaredDistance(b);
      case DOT -> (float) a.dot(b);
      case COSINE -> {
        double lengths = Math.sqrt(a.dot(a)) * Math.sqrt(b.dot(b));
        yield lengths == 0 ? 0f : (float) (a.dot(b) / lengths);
      }
    };
  }
}
