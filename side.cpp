#include <hillock/gated.hpp>
#define CAT2(a,b) a##b
#define CAT(a,b) CAT2(a,b)
template<class T,class A> inline __attribute__((always_inline)) void go(int w,const A&v,const A&g,const A&dy,A&dv,A&dg){
  switch(w){
   case 0: hillock::swiglu<T>{}.backward(v,g,dy,dv,dg);break;
   case 1: hillock::glu<T>{}.backward(v,g,dy,dv,dg);break;
   case 2: hillock::geglu<T>{}.backward(v,g,dy,dv,dg);break;
   case 3: hillock::geglu_tanh<T>{}.backward(v,g,dy,dv,dg);break;
   case 4: dg=hillock::silu<T>{}.backward(g,dy);break;
   case 5: dg=hillock::sigmoid<T>{}.backward(g,dy);break;
   case 6: dg=hillock::gelu<T>{}.backward(g,dy);break;
   case 7: dg=hillock::gelu_tanh<T>{}.backward(g,dy);break;
  }
}
void CAT(SIDE,_f)(int w,const Eigen::ArrayXf&v,const Eigen::ArrayXf&g,const Eigen::ArrayXf&dy,Eigen::ArrayXf&dv,Eigen::ArrayXf&dg){go<float>(w,v,g,dy,dv,dg);}
void CAT(SIDE,_d)(int w,const Eigen::ArrayXd&v,const Eigen::ArrayXd&g,const Eigen::ArrayXd&dy,Eigen::ArrayXd&dv,Eigen::ArrayXd&dg){go<double>(w,v,g,dy,dv,dg);}
