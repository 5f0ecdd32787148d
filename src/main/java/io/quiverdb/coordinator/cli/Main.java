package io.quiverdb.coordinator.cli;

/** The entry point of the runnable jar. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.out.println("quiver-coordinator " + Main.class.getPackage().getImplementationVersion());
  }
}
