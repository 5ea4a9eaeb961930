// three's Basis transcoder makes its bindings with `new Function`, which a strict Content Security Policy forbids.
// The two places are replaced by closures that do the same; a new three with other code ends the build here.

const INVOKER = {
  from: 'var closureArgs=[humanName,',
  to: 'var invokerFn=newFunc(Function,args)(...closureArgs);',
  text: `var invokerFn=function(...given){
if(given.length!==argCount-2){throwBindingError("function "+humanName+" called with "+given.length+" arguments, expected "+(argCount-2))}
var destructors=needsDestructorStack?[]:null;
var wired=given.map((value,i)=>argTypes[i+2]["toWireType"](destructors,value));
if(isClassMethodFunc){wired.unshift(argTypes[1]["toWireType"](destructors,this))}
var rv=cppInvokerFunc(cppTargetFunc,...wired);
if(destructors){runDestructors(destructors)}else{
var first=isClassMethodFunc?1:2;
for(var i=first;i<argTypes.length;++i){if(argTypes[i].destructorFunction!==null){argTypes[i].destructorFunction(wired[i-first])}}}
if(returns){return argTypes[0]["fromWireType"](rv)}};`,
};

const CALLER = {
  from: 'var functionBody=`return function (obj, func, destructorsRef, args)',
  to: 'var invokerFunction=newFunc(Function,params)(...args);',
  text: `var invokerFunction=(obj,func,destructorsRef,at)=>{
var offset=0;
var values=types.slice(0,argCount).map(type=>{var value=type.readValueFromPointer(at+offset);offset+=type["argPackAdvance"];return value});
var rv=kind===1?new func(...values):func.call(obj,...values);
if(!retType.isVoid){return emval_returnValue(retType,destructorsRef,rv)}};`,
};

function replaced(script, { from, to, text }) {
  const start = script.indexOf(from);
  const end = script.indexOf(to, start);
  if (start < 0 || end < 0) throw new Error(`basis_transcoder.js has changed: "${from}" is not there`);
  return script.slice(0, start) + text + script.slice(end + to.length);
}

/** Gives the transcoder's script without evaluation of strings. */
export function withoutEval(script) {
  const safe = [INVOKER, CALLER].reduce(replaced, script);
  if (/newFunc\(Function|new Function|\beval\(/.test(safe))
    throw new Error('basis_transcoder.js still evaluates strings');
  return safe;
}
