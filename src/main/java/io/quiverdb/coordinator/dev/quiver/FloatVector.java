// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.util.Arrays;

/** A vector of 32-bit floats. Immutable. */
public final class FloatVector {
  private final float[] numbers;

  private FloatVector(float[] numbers) {
    this.numbers = numbers;
  }

  /** A vector of these numbers, which are copied. */
  public static FloatVector of(float... numbers) {
    return new FloatVector(numbers.clone());
  }

  /** How many numbers it has. */
  public int dim() {
    return numbers.length;
  }

  /** Its text as a shard prints it: {@code [1.0,0.1]}, the shortest decimal of each float. */
  public String text() {
    StringBuilder out = new StringBuilder(2 + 12 * numbers.length).append('[');
    for (int i = 0; i < numbers.length; i++) {
      CanonicalJson.appendFloat(i == 0 ? out : out.append(','), numbers[i]);
    }
    return out.append(']').toString();
  }

  double dot(FloatVector other) {
    double sum = 0;
    for (int i = 0; i < numbers.length; i++) {
      sum += (double) numbers[i] * other.numbers[i];
    }
    return sum;
  }

  double squaredDistance(FloatVector other) {
    double sum = 0;
    for (int i = 0; i < numbers.length; i++) {
      double difference = (double) numbers[i] - other.numbers[i];
      sum += difference * difference;
    }
    return sum;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FloatVector vector && Arrays.equals(numbers, vector.numbers);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(numbers);
  }

  @Override
  public String toString() {
    return text();
  }
}
