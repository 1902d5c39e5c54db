// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <fstream>
#include <limits>
#include <locale>
#include <stdexcept>
#include <string>

/// What a network has learned, and from which digits.
struct model {
  std::int64_t seed = 0;  // of the split into digits to learn from and digits to be judged by
  std::string units;      // the hidden ones' activation, as hillock::parse reads it; prelu; maxout
  Eigen::MatrixXf weights;
  Eigen::VectorXf biases, slopes;  // slopes: of prelu, else none
  Eigen::MatrixXf output_weights;
  Eigen::VectorXf output_biases;
};

// A model as text: a line that says what it is, then each member as its name and its value, of a
// matrix the numbers of rows and columns and then a line for each row.

inline constexpr const char* model_title = "hillock digits model 1";

inline void write(std::ostream& out, const char* name, const Eigen::MatrixXf& numbers) {
  const Eigen::IOFormat plain(Eigen::FullPrecision, Eigen::DontAlignCols);
  out << name << ' ' << numbers.rows() << ' ' << numbers.cols() << '\n';
  if (numbers.size() > 0) out << numbers.format(plain) << '\n';
}

/// Throws std::runtime_error if the file cannot be written.
inline void save(const model& m, const std::string& path) {
  std::ofstream file(path);
  file.imbue(std::locale::classic());
  file << model_title << "\nseed " << m.seed << "\nunits " << m.units << '\n';
  write(file, "weights", m.weights);
  write(file, "biases", m.biases);
  write(file, "slopes", m.slopes);
  write(file, "output_weights", m.output_weights);
  write(file, "output_biases", m.output_biases);
  file.flush();
  if (!file) throw std::runtime_error("cannot write the model file " + path);
}

/// Reads the members in their order; throws std::runtime_error that names the first that is not
/// right.
class model_reader {
 public:
  explicit model_reader(const std::string& path) : path_(path), file_(path) {
    if (!file_) throw std::runtime_error("cannot open the model file " + path);
    file_.imbue(std::locale::classic());
    std::string title;
    std::getline(file_, title);
    if (title != model_title)
      fail(std::string("does not begin with the line \"") + model_title + '"');
  }

  void read(const char* name, std::int64_t& number) {
    expect(name);
    if (!(file_ >> number)) fail(std::string("its ") + name + " is no number");
  }
  void read(const char* name, std::string& text) {
    expect(name);
    std::getline(file_ >> std::ws, text);
  }
  void read(const char* name, Eigen::MatrixXf& numbers) {
    constexpr Eigen::Index most = 10'000;
    Eigen::Index rows = 0, cols = 0;
    expect(name);
    if (!(file_ >> rows >> cols) || rows < 0 || cols < 0 || rows > most || cols > most)
      fail(std::string("its ") + name + " have no size, or one beyond " + std::to_string(most));
    numbers.resize(rows, cols);
    for (Eigen::Index i = 0; i < rows; ++i)
      for (Eigen::Index j = 0; j < cols; ++j)
        if (!(file_ >> numbers(i, j)))
          fail(std::string("its ") + name + " end in row " + std::to_string(i + 1) + " of " +
               std::to_string(rows));
  }
  void read(const char* name, Eigen::VectorXf& numbers) {
    Eigen::MatrixXf column;
    read(name, column);
    if (column.cols() != 1 && column.size() > 0)
      fail(std::string("its ") + name + " are no column");
    numbers = column.reshaped();
  }
  void expect_end() {
    if (std::string more; file_ >> more) fail("it goes on after its end with \"" + more + '"');
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error("the model file " + path_ + ": " + what);
  }

 private:
  void expect(const std::string& name) {
    std::string word;
    file_ >> word;
    if (word != name) fail("expected " + name + ", found \"" + word.substr(0, 40) + '"');
  }

  std::string path_;
  std::ifstream file_;
};

inline model load_model(const std::string& path) {
  model_reader file(path);
  model m;
  file.read("seed", m.seed);
  file.read("units", m.units);
  file.read("weights", m.weights);
  file.read("biases", m.biases);
  file.read("slopes", m.slopes);
  file.read("output_weights", m.output_weights);
  file.read("output_biases", m.output_biases);
  file.expect_end();
  if (m.biases.size() != m.weights.rows() || m.output_biases.size() != m.output_weights.rows())
    file.fail("a layer has more or fewer biases than rows of weights");
  return m;
}
