// Built from frontend/ by script/frontend: change it there.
var ms=Object.defineProperty;var p=(i,e,t)=>()=>{if(t)throw t[0];try{return i&&(e=i(i=0)),e}catch(s){throw t=[s],s}};var gs=(i,e)=>{for(var t in e)ms(i,t,{get:e[t],enumerable:!0})};var it,rt=p(()=>{"use strict";it={home:"Zuhause",devices:"Geräte",strategy:"Leistung, Kosten, Preise, Laststeuerung, Fahrzeuge und Zustand deines Zuhauses",no_gateway:"Es gibt noch keinen Zähler.",add_gateway:"Zähler hinzufügen",power:"Leistung jetzt",power_about:"Was dein Zuhause aus dem Netz bezieht oder einspeist, als Anzeige",power_none:"Dein Zähler meldet gerade keine Leistung.",power_in:"{power} aus dem Netz",power_out:"{power} ins Netz",power_neither:"Nichts wird bezogen oder eingespeist",take:"aus dem Netz",give:"ins Netz",today:"Heute",today_about:"Energie und Kosten seit Mitternacht",from_grid:"Aus dem Netz",to_grid:"Ins Netz",cost:"Kosten",cost_none:"kein Preis bekannt",today_none:"Gezählt wird ab den nächsten fünf Minuten.",today_failed:"Die Statistik ließ sich nicht lesen: {why}",today_no_energy:"Dein Zähler meldet keine Energie.",by_hour:"Bezug nach Stunden; am meisten von {from} bis {to}: {energy}",price:"Preis, nächste 24 Stunden",price_about:"Preise, Laststeuerung und Ladepläne der nächsten 24 Stunden",price_none:"Noch nennt niemand einen Preis. Ein Zähler mit Tarif tut das oder ein Versorger mit OpenADR.",price_away:"Der Preis ist gerade nicht bekannt.",add_utility:"Versorger einrichten",price_now:"Jetzt {price}",price_bar:"{from} bis {to}: {price}",price_tier:"{bar} (Stufe {tier})",price_keys:"Mit den Pfeiltasten von Preis zu Preis",band_control:"{device}: Laststeuerung, {from} bis {to}",band_charging:"{device}: Laden, {from} bis {to}",control:"Laststeuerung",control_about:"Was der Versorger von deinen Geräten verlangt, bis wann, und wie du aussteigst",control_none:"Gerade wird nichts von deinem Zuhause verlangt.",control_next:"{device}: wieder {when}",control_until:"bis {when}",control_mandatory:"Ein Notfall: Niemand kann aussteigen.",control_out:"Ausgestiegen",no_devices:"Noch nimmt kein Gerät an der Laststeuerung teil.",add_device:"Gerät hinzufügen",opt_out:"Jetzt aussteigen",opt_out_sure:"{device} verlässt diese Laststeuerung, und dein Versorger erfährt es.",opt_out_yes:"Ja, aussteigen",opt_in:"Wieder teilnehmen",no:"Nein",busy:"Einen Moment …",failed:"Das hat nicht geklappt: {why}",vehicle:"Fahrzeug",vehicle_about:"Stecker, Laden, Kosten, Abrechnung des Monats und nächste Abfahrt",no_vehicle:"Noch ist kein Fahrzeug gebunden.",add_vehicle:"Fahrzeug hinzufügen",plugged:"Eingesteckt",charging:"Lädt",unplugged:"Nicht eingesteckt",plug_unknown:"Ob es eingesteckt ist, ist nicht bekannt",session_now:"Dieser Ladevorgang",session_last:"Letzter Ladevorgang",session_none:"Noch keiner",month:"Dieser Monat",measured:"{energy} gemessen",billed:"{energy} abgerechnet, {amount}",agrees:"Abrechnung und Messung stimmen überein.",less_billed:"{energy} noch nicht abgerechnet.",more_billed:"{energy} mehr abgerechnet als gemessen.",departure:"Nächste Abfahrt",departure_none:"Keine geplant",plan:"Ladeplan",charge_now:"Jetzt laden",statement:"Abrechnung (PDF)",table:"Ladevorgänge (CSV)",health:"Zustand",health_about:"Wie es allem geht, warum, und was hilft",health_ok:"Alles in Ordnung",health_one:"{device} braucht Aufmerksamkeit",health_some:"{count} von {all} brauchen Aufmerksamkeit",since:"seit {when}",diagnose:"Diagnose",diagnosing:"Diagnose läuft, das dauert bis zu einer Minute …",repair:"Reparieren",repair_sure:"{device}: {what}",repair_yes:"Ja, reparieren",repairing:"Reparatur läuft …",details:"Geräteseite",cases:"Fälle und Termine",cases_about:"Worum sich dein Versorger kümmert, und wann jemand kommt",cases_none:"Beim Versorger ist kein Fall offen.",appointment:"Termin: {when}",case_open:"Jemand kümmert sich darum",case_scheduled:"Ein Termin ist vereinbart",subject:"Gateway, Gerät oder Fahrzeug"}});var Me,ot=p(()=>{"use strict";Me={home:"Home",devices:"Devices",strategy:"Power, cost, prices, load control, vehicles and health of your home",no_gateway:"There is no meter yet.",add_gateway:"Add your meter",power:"Power now",power_about:"What the home takes from the grid or gives to it, as a gauge",power_none:"Your meter tells no power just now.",power_in:"{power} from the grid",power_out:"{power} to the grid",power_neither:"Nothing is taken or given",take:"from the grid",give:"to the grid",today:"Today",today_about:"Energy and cost since midnight",from_grid:"From the grid",to_grid:"To the grid",cost:"Cost",cost_none:"no price known",today_none:"Counting starts with the next five minutes.",today_failed:"The statistics could not be read: {why}",today_no_energy:"Your meter tells no energy.",by_hour:"From the grid by hour; most between {from} and {to}: {energy}",price:"Price, next 24 hours",price_about:"Prices, load control and charging plans of the next 24 hours",price_none:"Nobody tells a price yet. A meter with a tariff does, or a utility with OpenADR.",price_away:"The price is not known just now.",add_utility:"Set up your utility",price_now:"Now {price}",price_bar:"{from} to {to}: {price}",price_tier:"{bar} (tier {tier})",price_keys:"Arrow keys go from price to price",band_control:"{device}: load control, {from} to {to}",band_charging:"{device}: charging, {from} to {to}",control:"Load control",control_about:"What the utility asks of your devices, until when, and the way out of it",control_none:"Nothing is asked of your home now.",control_next:"{device}: next {when}",control_until:"until {when}",control_mandatory:"An emergency: nobody can opt out of it.",control_out:"Opted out",no_devices:"No device takes part in load control yet.",add_device:"Add a device",opt_out:"Opt out now",opt_out_sure:"{device} leaves this load control, and your utility is told.",opt_out_yes:"Yes, opt out",opt_in:"Take part again",no:"No",busy:"One moment …",failed:"That did not work: {why}",vehicle:"Vehicle",vehicle_about:"Plug, charging, cost, the month's bill and the next departure",no_vehicle:"No vehicle is bound yet.",add_vehicle:"Add a vehicle",plugged:"Plugged in",charging:"Charging",unplugged:"Not plugged in",plug_unknown:"Its plug is not known",session_now:"This session",session_last:"Last session",session_none:"None yet",month:"This month",measured:"{energy} measured",billed:"{energy} billed, {amount}",agrees:"Bill and meter agree.",less_billed:"{energy} not billed yet.",more_billed:"{energy} more is billed than was measured.",departure:"Next departure",departure_none:"None planned",plan:"Charging plan",charge_now:"Charge now",statement:"Statement (PDF)",table:"Sessions (CSV)",health:"Health",health_about:"How everything is, why, and what helps",health_ok:"All is well",health_one:"{device} needs attention",health_some:"{count} of {all} need attention",since:"since {when}",diagnose:"Diagnose",diagnosing:"Diagnosing, this takes up to a minute …",repair:"Repair",repair_sure:"{device}: {what}",repair_yes:"Yes, repair",repairing:"Repairing …",details:"Device page",cases:"Cases and appointments",cases_about:"What your utility is taking care of, and when somebody comes",cases_none:"No case is open at your utility.",appointment:"Appointment: {when}",case_open:"Somebody is taking care of it",case_scheduled:"An appointment is made",subject:"Gateway, device or vehicle"}});var at,ct=p(()=>{"use strict";at={home:"Casa",devices:"Dispositivos",strategy:"Potencia, coste, precios, control de carga, vehículos y estado de tu casa",no_gateway:"Todavía no hay contador.",add_gateway:"Añadir tu contador",power:"Potencia ahora",power_about:"Lo que la casa toma de la red o entrega a ella, como indicador",power_none:"Tu contador no indica potencia en este momento.",power_in:"{power} de la red",power_out:"{power} a la red",power_neither:"No se toma ni se entrega nada",take:"de la red",give:"a la red",today:"Hoy",today_about:"Energía y coste desde medianoche",from_grid:"De la red",to_grid:"A la red",cost:"Coste",cost_none:"precio desconocido",today_none:"Se cuenta a partir de los próximos cinco minutos.",today_failed:"No se pudieron leer las estadísticas: {why}",today_no_energy:"Tu contador no indica energía.",by_hour:"De la red por horas; lo máximo de {from} a {to}: {energy}",price:"Precio, próximas 24 horas",price_about:"Precios, control de carga y planes de carga de las próximas 24 horas",price_none:"Nadie indica todavía un precio. Lo hace un contador con tarifa o una compañía con OpenADR.",price_away:"El precio no se conoce en este momento.",add_utility:"Configurar tu compañía",price_now:"Ahora {price}",price_bar:"{from} a {to}: {price}",price_tier:"{bar} (tramo {tier})",price_keys:"Las flechas del teclado van de precio en precio",band_control:"{device}: control de carga, {from} a {to}",band_charging:"{device}: carga, {from} a {to}",control:"Control de carga",control_about:"Lo que la compañía pide a tus dispositivos, hasta cuándo, y cómo renunciar",control_none:"Ahora no se pide nada a tu casa.",control_next:"{device}: próximo {when}",control_until:"hasta {when}",control_mandatory:"Una emergencia: nadie puede renunciar.",control_out:"Renunciado",no_devices:"Todavía ningún dispositivo participa en el control de carga.",add_device:"Añadir un dispositivo",opt_out:"Renunciar ahora",opt_out_sure:"{device} renuncia a este control de carga, y se avisa a tu compañía.",opt_out_yes:"Sí, renunciar",opt_in:"Volver a participar",no:"No",busy:"Un momento…",failed:"No ha funcionado: {why}",vehicle:"Vehículo",vehicle_about:"Enchufe, carga, coste, factura del mes y próxima salida",no_vehicle:"Todavía no hay ningún vehículo vinculado.",add_vehicle:"Añadir un vehículo",plugged:"Enchufado",charging:"Cargando",unplugged:"Sin enchufar",plug_unknown:"No se sabe si está enchufado",session_now:"Esta sesión",session_last:"Última sesión",session_none:"Ninguna todavía",month:"Este mes",measured:"{energy} medidos",billed:"{energy} facturados, {amount}",agrees:"La factura y el contador coinciden.",less_billed:"{energy} aún sin facturar.",more_billed:"Se facturan {energy} más de lo medido.",departure:"Próxima salida",departure_none:"Ninguna prevista",plan:"Plan de carga",charge_now:"Cargar ahora",statement:"Extracto (PDF)",table:"Sesiones (CSV)",health:"Salud",health_about:"Cómo está todo, por qué, y qué ayuda",health_ok:"Todo va bien",health_one:"{device} necesita atención",health_some:"{count} de {all} necesitan atención",since:"desde {when}",diagnose:"Diagnosticar",diagnosing:"Diagnosticando, tarda hasta un minuto…",repair:"Reparar",repair_sure:"{device}: {what}",repair_yes:"Sí, reparar",repairing:"Reparando…",details:"Página del dispositivo",cases:"Casos y citas",cases_about:"De qué se ocupa tu compañía y cuándo viene alguien",cases_none:"No hay ningún caso abierto en tu compañía.",appointment:"Cita: {when}",case_open:"Alguien se ocupa de ello",case_scheduled:"Hay una cita acordada",subject:"Pasarela, dispositivo o vehículo"}});var dt,lt=p(()=>{"use strict";dt={home:"Maison",devices:"Appareils",strategy:"Puissance, coût, prix, commande de charge, véhicules et état de votre logement",no_gateway:"Il n’y a pas encore de compteur.",add_gateway:"Ajouter votre compteur",power:"Puissance actuelle",power_about:"Ce que le logement prend au réseau ou lui donne, sous forme de jauge",power_none:"Votre compteur n’indique pas de puissance pour l’instant.",power_in:"{power} depuis le réseau",power_out:"{power} vers le réseau",power_neither:"Rien n’est pris ni donné",take:"depuis le réseau",give:"vers le réseau",today:"Aujourd’hui",today_about:"Énergie et coût depuis minuit",from_grid:"Depuis le réseau",to_grid:"Vers le réseau",cost:"Coût",cost_none:"prix inconnu",today_none:"Le comptage commence avec les cinq prochaines minutes.",today_failed:"Les statistiques n’ont pas pu être lues : {why}",today_no_energy:"Votre compteur n’indique pas d’énergie.",by_hour:"Depuis le réseau par heure ; le plus de {from} à {to} : {energy}",price:"Prix, 24 prochaines heures",price_about:"Prix, commande de charge et plans de recharge des 24 prochaines heures",price_none:"Personne n’indique encore de prix. Un compteur avec un tarif le fait, ou un fournisseur avec OpenADR.",price_away:"Le prix n’est pas connu pour l’instant.",add_utility:"Configurer votre fournisseur",price_now:"Maintenant {price}",price_bar:"{from} à {to} : {price}",price_tier:"{bar} (palier {tier})",price_keys:"Les flèches vont d’un prix à l’autre",band_control:"{device} : commande de charge, {from} à {to}",band_charging:"{device} : recharge, {from} à {to}",control:"Commande de charge",control_about:"Ce que le fournisseur demande à vos appareils, jusqu’à quand, et comment la refuser",control_none:"Rien n’est demandé à votre logement pour l’instant.",control_next:"{device} : prochain {when}",control_until:"jusqu’à {when}",control_mandatory:"Une urgence : personne ne peut la refuser.",control_out:"Refusée",no_devices:"Aucun appareil ne participe encore à la commande de charge.",add_device:"Ajouter un appareil",opt_out:"Refuser maintenant",opt_out_sure:"{device} refuse cette commande de charge, et votre fournisseur en est informé.",opt_out_yes:"Oui, refuser",opt_in:"Participer de nouveau",no:"Non",busy:"Un instant…",failed:"Cela n’a pas marché : {why}",vehicle:"Véhicule",vehicle_about:"Prise, recharge, coût, facture du mois et prochain départ",no_vehicle:"Aucun véhicule n’est encore lié.",add_vehicle:"Ajouter un véhicule",plugged:"Branché",charging:"En charge",unplugged:"Débranché",plug_unknown:"On ne sait pas s’il est branché",session_now:"Cette session",session_last:"Dernière session",session_none:"Aucune encore",month:"Ce mois-ci",measured:"{energy} mesurés",billed:"{energy} facturés, {amount}",agrees:"Facture et compteur concordent.",less_billed:"{energy} pas encore facturés.",more_billed:"{energy} facturés de plus que mesurés.",departure:"Prochain départ",departure_none:"Aucun prévu",plan:"Plan de recharge",charge_now:"Recharger maintenant",statement:"Relevé (PDF)",table:"Sessions (CSV)",health:"Santé",health_about:"Comment tout se porte, pourquoi, et ce qui aide",health_ok:"Tout va bien",health_one:"{device} demande de l’attention",health_some:"{count} sur {all} demandent de l’attention",since:"depuis {when}",diagnose:"Diagnostiquer",diagnosing:"Diagnostic en cours, jusqu’à une minute…",repair:"Réparer",repair_sure:"{device} : {what}",repair_yes:"Oui, réparer",repairing:"Réparation en cours…",details:"Page de l’appareil",cases:"Dossiers et rendez-vous",cases_about:"Ce dont votre fournisseur s’occupe, et quand quelqu’un vient",cases_none:"Aucun dossier n’est ouvert chez votre fournisseur.",appointment:"Rendez-vous : {when}",case_open:"Quelqu’un s’en occupe",case_scheduled:"Un rendez-vous est pris",subject:"Passerelle, appareil ou véhicule"}});var ut,D,K=p(()=>{"use strict";rt();ot();ct();lt();ut={en:Me,de:it,es:at,fr:dt},D=(i,e,t={})=>(ut[i]??ut[i.split("-")[0]??""]??Me)[e].replace(/\{(\w+)\}/g,(n,r)=>String(t[r]??n))});var fs,ht,pt,Ne=p(()=>{"use strict";K();fs=["health","control","power","today","price","vehicle","cases"],ht=i=>`custom:utility-han-${i}-card`,pt=()=>{let i=e=>D(document.documentElement.lang||navigator.language,e);window.customStrategies=window.customStrategies??[],window.customStrategies.push({type:"utility-han",strategyType:"dashboard",name:"Utility HAN",description:i("strategy")}),window.customCards=window.customCards??[];for(let e of fs)window.customCards.push({type:`utility-han-${e}-card`,name:`Utility HAN: ${i(e)}`,description:i(`${e}_about`),preview:!0})}});var ue,he,je,mt,Z,gt,v,ft,He,ze=p(()=>{/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */ue=globalThis,he=ue.ShadowRoot&&(ue.ShadyCSS===void 0||ue.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,je=Symbol(),mt=new WeakMap,Z=class{constructor(e,t,s){if(this._$cssResult$=!0,s!==je)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(he&&e===void 0){let s=t!==void 0&&t.length===1;s&&(e=mt.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),s&&mt.set(t,e))}return e}toString(){return this.cssText}},gt=i=>new Z(typeof i=="string"?i:i+"",void 0,je),v=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((s,n,r)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+i[r+1],i[0]);return new Z(t,i,je)},ft=(i,e)=>{if(he)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let s=document.createElement("style"),n=ue.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=t.cssText,i.appendChild(s)}},He=he?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let s of e.cssRules)t+=s.cssText;return gt(t)})(i):i});var ys,_s,bs,vs,ws,$s,pe,yt,xs,Ss,Y,Le,bt,_t,O,me=p(()=>{ze();ze();/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */({is:ys,defineProperty:_s,getOwnPropertyDescriptor:bs,getOwnPropertyNames:vs,getOwnPropertySymbols:ws,getPrototypeOf:$s}=Object),pe=globalThis,yt=pe.trustedTypes,xs=yt?yt.emptyScript:"",Ss=pe.reactiveElementPolyfillSupport,Y=(i,e)=>i,Le={toAttribute(i,e){switch(e){case Boolean:i=i?xs:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},bt=(i,e)=>!ys(i,e),_t={attribute:!0,type:String,converter:Le,reflect:!1,useDefault:!1,hasChanged:bt};Symbol.metadata??=Symbol("metadata"),pe.litPropertyMetadata??=new WeakMap;O=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=_t){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(e,s,t);n!==void 0&&_s(this.prototype,e,n)}}static getPropertyDescriptor(e,t,s){let{get:n,set:r}=bs(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:n,set(o){let d=n?.call(this);r?.call(this,o),this.requestUpdate(e,d,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??_t}static _$Ei(){if(this.hasOwnProperty(Y("elementProperties")))return;let e=$s(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Y("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Y("properties"))){let t=this.properties,s=[...vs(t),...ws(t)];for(let n of s)this.createProperty(n,t[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[s,n]of t)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[t,s]of this.elementProperties){let n=this._$Eu(t,s);n!==void 0&&this._$Eh.set(n,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let s=new Set(e.flat(1/0).reverse());for(let n of s)t.unshift(He(n))}else e!==void 0&&t.push(He(e));return t}static _$Eu(e,t){let s=t.attribute;return s===!1?void 0:typeof s=="string"?s:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let s of t.keys())this.hasOwnProperty(s)&&(e.set(s,this[s]),delete this[s]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ft(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,s){this._$AK(e,s)}_$ET(e,t){let s=this.constructor.elementProperties.get(e),n=this.constructor._$Eu(e,s);if(n!==void 0&&s.reflect===!0){let r=(s.converter?.toAttribute!==void 0?s.converter:Le).toAttribute(t,s.type);this._$Em=e,r==null?this.removeAttribute(n):this.setAttribute(n,r),this._$Em=null}}_$AK(e,t){let s=this.constructor,n=s._$Eh.get(e);if(n!==void 0&&this._$Em!==n){let r=s.getPropertyOptions(n),o=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:Le;this._$Em=n;let d=o.fromAttribute(t,r.type);this[n]=d??this._$Ej?.get(n)??d,this._$Em=null}}requestUpdate(e,t,s,n=!1,r){if(e!==void 0){let o=this.constructor;if(n===!1&&(r=this[e]),s??=o.getPropertyOptions(e),!((s.hasChanged??bt)(r,t)||s.useDefault&&s.reflect&&r===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,s))))return;this.C(e,t,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:s,reflect:n,wrapped:r},o){s&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),r!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||s||(t=void 0),this._$AL.set(e,t)),n===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,r]of this._$Ep)this[n]=r;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,r]of s){let{wrapped:o}=r,d=this[n];o!==!0||this._$AL.has(n)||d===void 0||this.C(n,void 0,r,d)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(t)):this._$EM()}catch(s){throw e=!1,this._$EM(),s}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};O.elementStyles=[],O.shadowRootOptions={mode:"open"},O[Y("elementProperties")]=new Map,O[Y("finalized")]=new Map,Ss?.({ReactiveElement:O}),(pe.reactiveElementVersions??=[]).push("2.1.2")});function Tt(i,e){if(!Ge(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return wt!==void 0?wt.createHTML(e):e}function F(i,e,t=i,s){if(e===I)return e;let n=s!==void 0?t._$Co?.[s]:t._$Cl,r=X(e)?void 0:e._$litDirective$;return n?.constructor!==r&&(n?._$AO?.(!1),r===void 0?n=void 0:(n=new r(i),n._$AT(i,t,s)),s!==void 0?(t._$Co??=[])[s]=n:t._$Cl=n),n!==void 0&&(e=F(i,n._$AS(i,e.values),n,s)),e}var Fe,vt,ge,wt,Et,j,Rt,As,W,Q,X,Ge,ks,Ue,J,$t,xt,U,St,At,Ct,Ke,l,se,Cn,I,b,kt,q,Es,ee,qe,te,G,We,Ie,Ve,Be,Rs,Dt,fe=p(()=>{/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */Fe=globalThis,vt=i=>i,ge=Fe.trustedTypes,wt=ge?ge.createPolicy("lit-html",{createHTML:i=>i}):void 0,Et="$lit$",j=`lit$${Math.random().toFixed(9).slice(2)}$`,Rt="?"+j,As=`<${Rt}>`,W=document,Q=()=>W.createComment(""),X=i=>i===null||typeof i!="object"&&typeof i!="function",Ge=Array.isArray,ks=i=>Ge(i)||typeof i?.[Symbol.iterator]=="function",Ue=`[ 	
\f\r]`,J=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,$t=/-->/g,xt=/>/g,U=RegExp(`>|${Ue}(?:([^\\s"'>=/]+)(${Ue}*=${Ue}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),St=/'/g,At=/"/g,Ct=/^(?:script|style|textarea|title)$/i,Ke=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),l=Ke(1),se=Ke(2),Cn=Ke(3),I=Symbol.for("lit-noChange"),b=Symbol.for("lit-nothing"),kt=new WeakMap,q=W.createTreeWalker(W,129);Es=(i,e)=>{let t=i.length-1,s=[],n,r=e===2?"<svg>":e===3?"<math>":"",o=J;for(let d=0;d<t;d++){let a=i[d],c,u,h=-1,g=0;for(;g<a.length&&(o.lastIndex=g,u=o.exec(a),u!==null);)g=o.lastIndex,o===J?u[1]==="!--"?o=$t:u[1]!==void 0?o=xt:u[2]!==void 0?(Ct.test(u[2])&&(n=RegExp("</"+u[2],"g")),o=U):u[3]!==void 0&&(o=U):o===U?u[0]===">"?(o=n??J,h=-1):u[1]===void 0?h=-2:(h=o.lastIndex-u[2].length,c=u[1],o=u[3]===void 0?U:u[3]==='"'?At:St):o===At||o===St?o=U:o===$t||o===xt?o=J:(o=U,n=void 0);let y=o===U&&i[d+1].startsWith("/>")?" ":"";r+=o===J?a+As:h>=0?(s.push(c),a.slice(0,h)+Et+a.slice(h)+j+y):a+j+(h===-2?d:y)}return[Tt(i,r+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),s]},ee=class i{constructor({strings:e,_$litType$:t},s){let n;this.parts=[];let r=0,o=0,d=e.length-1,a=this.parts,[c,u]=Es(e,t);if(this.el=i.createElement(c,s),q.currentNode=this.el.content,t===2||t===3){let h=this.el.content.firstChild;h.replaceWith(...h.childNodes)}for(;(n=q.nextNode())!==null&&a.length<d;){if(n.nodeType===1){if(n.hasAttributes())for(let h of n.getAttributeNames())if(h.endsWith(Et)){let g=u[o++],y=n.getAttribute(h).split(j),A=/([.?@])?(.*)/.exec(g);a.push({type:1,index:r,name:A[2],strings:y,ctor:A[1]==="."?We:A[1]==="?"?Ie:A[1]==="@"?Ve:G}),n.removeAttribute(h)}else h.startsWith(j)&&(a.push({type:6,index:r}),n.removeAttribute(h));if(Ct.test(n.tagName)){let h=n.textContent.split(j),g=h.length-1;if(g>0){n.textContent=ge?ge.emptyScript:"";for(let y=0;y<g;y++)n.append(h[y],Q()),q.nextNode(),a.push({type:2,index:++r});n.append(h[g],Q())}}}else if(n.nodeType===8)if(n.data===Rt)a.push({type:2,index:r});else{let h=-1;for(;(h=n.data.indexOf(j,h+1))!==-1;)a.push({type:7,index:r}),h+=j.length-1}r++}}static createElement(e,t){let s=W.createElement("template");return s.innerHTML=e,s}};qe=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:s}=this._$AD,n=(e?.creationScope??W).importNode(t,!0);q.currentNode=n;let r=q.nextNode(),o=0,d=0,a=s[0];for(;a!==void 0;){if(o===a.index){let c;a.type===2?c=new te(r,r.nextSibling,this,e):a.type===1?c=new a.ctor(r,a.name,a.strings,this,e):a.type===6&&(c=new Be(r,this,e)),this._$AV.push(c),a=s[++d]}o!==a?.index&&(r=q.nextNode(),o++)}return q.currentNode=W,n}p(e){let t=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(e,s,t),t+=s.strings.length-2):s._$AI(e[t])),t++}},te=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,s,n){this.type=2,this._$AH=b,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=F(this,e,t),X(e)?e===b||e==null||e===""?(this._$AH!==b&&this._$AR(),this._$AH=b):e!==this._$AH&&e!==I&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):ks(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==b&&X(this._$AH)?this._$AA.nextSibling.data=e:this.T(W.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:s}=e,n=typeof s=="number"?this._$AC(e):(s.el===void 0&&(s.el=ee.createElement(Tt(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(t);else{let r=new qe(n,this),o=r.u(this.options);r.p(t),this.T(o),this._$AH=r}}_$AC(e){let t=kt.get(e.strings);return t===void 0&&kt.set(e.strings,t=new ee(e)),t}k(e){Ge(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,s,n=0;for(let r of e)n===t.length?t.push(s=new i(this.O(Q()),this.O(Q()),this,this.options)):s=t[n],s._$AI(r),n++;n<t.length&&(this._$AR(s&&s._$AB.nextSibling,n),t.length=n)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let s=vt(e).nextSibling;vt(e).remove(),e=s}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},G=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,s,n,r){this.type=1,this._$AH=b,this._$AN=void 0,this.element=e,this.name=t,this._$AM=n,this.options=r,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=b}_$AI(e,t=this,s,n){let r=this.strings,o=!1;if(r===void 0)e=F(this,e,t,0),o=!X(e)||e!==this._$AH&&e!==I,o&&(this._$AH=e);else{let d=e,a,c;for(e=r[0],a=0;a<r.length-1;a++)c=F(this,d[s+a],t,a),c===I&&(c=this._$AH[a]),o||=!X(c)||c!==this._$AH[a],c===b?e=b:e!==b&&(e+=(c??"")+r[a+1]),this._$AH[a]=c}o&&!n&&this.j(e)}j(e){e===b?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},We=class extends G{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===b?void 0:e}},Ie=class extends G{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==b)}},Ve=class extends G{constructor(e,t,s,n,r){super(e,t,s,n,r),this.type=5}_$AI(e,t=this){if((e=F(this,e,t,0)??b)===I)return;let s=this._$AH,n=e===b&&s!==b||e.capture!==s.capture||e.once!==s.once||e.passive!==s.passive,r=e!==b&&(s===b||n);n&&this.element.removeEventListener(this.name,this,s),r&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Be=class{constructor(e,t,s){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(e){F(this,e)}},Rs=Fe.litHtmlPolyfillSupport;Rs?.(ee,te),(Fe.litHtmlVersions??=[]).push("3.3.3");Dt=(i,e,t)=>{let s=t?.renderBefore??e,n=s._$litPart$;if(n===void 0){let r=t?.renderBefore??null;s._$litPart$=n=new te(e.insertBefore(Q(),r),r,void 0,t??{})}return n._$AI(i),n}});var Ze,C,Cs,Ot=p(()=>{me();me();fe();fe();/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */Ze=globalThis,C=class extends O{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Dt(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return I}};C._$litElement$=!0,C.finalized=!0,Ze.litElementHydrateSupport?.({LitElement:C});Cs=Ze.litElementPolyfillSupport;Cs?.({LitElement:C});(Ze.litElementVersions??=[]).push("4.2.2")});var Pt=p(()=>{/**
 * @license
 * Copyright 2022 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */});var k=p(()=>{me();fe();Ot();Pt()});var ye,Ye=p(()=>{"use strict";k();ye=v`
  :host {
    display: block;
    height: 100%;
  }
  ha-card {
    box-sizing: border-box;
    height: 100%;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 12px;
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  h2 {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.4;
  }
  p {
    margin: 0;
  }
  [hidden] {
    display: none !important;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .rows,
  .list {
    display: flex;
    flex-direction: column;
    gap: 12px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 4px 12px;
  }
  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    margin: 0;
  }
  .figures dt {
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
  .figures dd {
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  a {
    color: var(--primary-text-color);
    text-underline-offset: 3px;
  }
  button,
  a.button {
    box-sizing: border-box;
    min-height: 40px;
    padding: 8px 16px;
    border: 1px solid color-mix(in srgb, var(--primary-color) 55%, transparent);
    border-radius: var(--ha-border-radius-pill, 20px);
    background: color-mix(in srgb, var(--primary-color) 14%, transparent);
    color: var(--primary-text-color);
    font: inherit;
    text-decoration: none;
    cursor: pointer;
  }
  button.plain {
    border: none;
    background: none;
    padding: 0;
    min-height: 0;
    border-radius: 4px;
    text-align: start;
  }
  .line button.plain {
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  button[disabled] {
    opacity: 0.6;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .failed {
    border-inline-start: 4px solid var(--error-color);
    padding-inline-start: 8px;
  }
  @media (prefers-reduced-motion: no-preference) {
    .eased {
      transition: all 0.5s ease;
    }
  }
`});var Ts,_e,Mt=p(()=>{"use strict";k();Ye();K();Ts=i=>{if(i instanceof Error)return i.message;let e=i?.message;return typeof e=="string"?e:String(i)},_e=class extends C{static{this.styles=[ye,v`
      :host {
        display: block;
        height: auto;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      p {
        flex-basis: 100%;
      }
    `]}static{this.properties={hass:{attribute:!1},act:{attribute:!1},label:{},about:{},question:{},yes:{},busy:{},stage:{state:!0},why:{state:!0}}}constructor(){super(),this.stage="idle",this.why=""}render(){return l`<div>
      ${this.stage==="asking"?this.#n():this.#t()}
      <p role="status" ?hidden=${this.stage!=="busy"}>
        ${this.stage==="busy"?this.busy??this.#e("busy"):""}
      </p>
      ${this.why?l`<p class="failed" role="alert">${this.#e("failed",{why:this.why})}</p>`:""}
    </div>`}#e(e,t){return D(this.hass.locale.language,e,t)}#t(){let e=this.about?`${this.label}: ${this.about}`:this.label;return l`<button
      aria-label=${e}
      ?disabled=${this.stage==="busy"}
      @click=${()=>this.question?this.#s():this.#o()}
    >
      ${this.label}
    </button>`}#n(){return l`<p id="question">${this.question}</p>
      <button class="yes" aria-describedby="question" @click=${()=>this.#o()}>${this.yes}</button>
      <button class="no" @click=${()=>this.#i()}>${this.#e("no")}</button>`}async#s(){this.stage="asking",this.why="",await this.#r(".yes")}async#i(){this.stage="idle",await this.#r("button")}async#r(e){await this.updateComplete,this.renderRoot.querySelector(e)?.focus()}async#o(){this.stage="busy",this.why="";try{await this.act()}catch(e){this.why=Ts(e)}this.stage="idle"}}});var Ds,Ht,x,ne,Je,V,P,be,Os,Ps,zt,E,Nt,S,ve,jt,Lt,we,Qe,M=p(()=>{"use strict";Ds={comma_decimal:["en-US","en"],decimal_comma:["de","es","it"],space_comma:["fr","sv","cs"],quote_decimal:["de-CH"]},Ht=i=>{let{number_format:e,language:t}=i.locale;return e==="system"?void 0:Ds[e]??t},x=(i,e,t,s=t)=>new Intl.NumberFormat(Ht(i),{minimumFractionDigits:s,maximumFractionDigits:t,useGrouping:i.locale.number_format!=="none"}).format(e),ne=(i,e,t)=>{try{return new Intl.NumberFormat(Ht(i),{style:"currency",currency:t}).format(e)}catch{return`${x(i,e,2)} ${t}`}},Je=(i,e,t)=>`${x(i,e,4,2)} ${t}`,V=(i,e)=>Math.abs(e)<1e3?`${x(i,e,0)} W`:`${x(i,e/1e3,2,1)} kW`,P=(i,e)=>`${x(i,e,2)} kWh`,be=i=>i.locale.time_zone==="server"?i.config.time_zone:Intl.DateTimeFormat().resolvedOptions().timeZone,Os=i=>({12:{hour12:!0},24:{hourCycle:"h23"}})[i.locale.time_format]??{},Ps=i=>i.locale.time_format==="system"?void 0:i.locale.language,zt=(i,e,t,s)=>new Intl.DateTimeFormat(Ps(i),{timeZone:t,...Os(i),...s}).format(e),E=(i,e,t=be(i))=>zt(i,e,t,{hour:"numeric",minute:"2-digit"}),Nt=(i,e,t)=>zt(i,e,t,{weekday:"short",day:"numeric",month:"short"}),S=(i,e,t,s=be(i))=>{let n=Nt(i,e,s),r=E(i,e,s);return n===Nt(i,t,s)?r:`${n}, ${r}`},ve=(i,e)=>{let t=new Intl.DateTimeFormat("en-US",{timeZone:e,hourCycle:"h23",year:"numeric",month:"numeric",day:"numeric",hour:"numeric",minute:"numeric",second:"numeric"}).formatToParts(i);return["year","month","day","hour","minute","second"].map(s=>Number(t.find(n=>n.type===s)?.value))},jt=(i,e)=>{let[t=0,s=1,n=1,r=0,o=0,d=0]=ve(i,e);return Date.UTC(t,s-1,n,r,o,d)-Math.floor(i.getTime()/1e3)*1e3},Lt=(i,e)=>{let[t=0,s=1,n=1]=ve(i,e),r=Date.UTC(t,s-1,n),o=new Date(r-jt(i,e));return new Date(r-jt(o,e))},we=(i,e)=>ve(i,e)[3]??0,Qe=(i,e)=>{let[t=0,s=1]=ve(i,e);return`${t}-${String(s).padStart(2,"0")}`}});var T,Ut,ie=p(()=>{"use strict";T="utility_han",Ut=`/config/integrations/integration/${T}`});var Ms,Ns,js,qt,Hs,$e,re,zs,m,oe,B,$,ae,xe,N,_,H,R=p(()=>{"use strict";ie();Ms=new Set(["requested","granted","active"]),Ns=["binding","session_energy"],js=["registration_state","active_event"],qt={gateway:0,device:1,vehicle:2},Hs=i=>Ns.some(e=>e in i)?"vehicle":js.some(e=>e in i)?"device":"gateway",re=i=>(($e?.entities!==i.entities||$e.devices!==i.devices)&&($e={entities:i.entities,devices:i.devices,subjects:zs(i)}),$e.subjects),zs=i=>{let e=new Map;for(let s of Object.values(i.entities)){if(s?.platform!==T||s.hidden||!s.device_id)continue;let n=i.devices[s.device_id];if(!n)continue;let r=e.get(n.id)??{device:n,name:n.name_by_user??n.name??"",kind:"gateway",entities:{},all:[]};e.set(n.id,r),r.all.push(s.entity_id),s.translation_key&&(r.entities[s.translation_key]=s.entity_id)}let t=[...e.values()];for(let s of t)s.kind=Hs(s.entities);return t.sort((s,n)=>qt[s.kind]-qt[n.kind]||s.name.localeCompare(n.name))},m=(i,e,t)=>{let s=e.entities[t];return s===void 0?void 0:i.states[s]},oe=(i,e,...t)=>t.map(s=>m(i,e,s)).find(s=>s&&$(s)),B=(i,...e)=>e.map(t=>i.entities[t]).find(t=>t!==void 0),$=i=>i!==void 0&&i.state!=="unknown"&&i.state!=="unavailable",ae=i=>i!==void 0&&i.state!=="unavailable",xe=i=>Ms.has(i?.attributes.reservation),N=i=>{let e=$(i)&&i.state.trim()!==""?Number(i.state):NaN;return Number.isFinite(e)?e:void 0},_=i=>{let e=typeof i=="string"&&i.includes("-")?new Date(i):void 0;return e&&!Number.isNaN(e.getTime())?e:void 0},H=i=>{let e=i?.attributes.unit_of_measurement;return typeof e=="string"?e:""}});var Ls,f,z=p(()=>{"use strict";k();ie();R();Ye();K();Ls=3e4,f=class extends C{static{this.styles=[ye]}static{this.properties={hass:{attribute:!1},config:{state:!0},now:{state:!0}}}#e;constructor(){super(),this.now=new Date}setConfig(e){this.config=e}static getStubConfig(){return{}}static getConfigForm(){return{schema:[{name:"device_id",selector:{device:{integration:T}}}],computeLabel:()=>D(document.documentElement.lang,"subject")}}getCardSize(){return 3}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}connectedCallback(){super.connectedCallback(),this.#e=setInterval(()=>this.now=new Date,Ls)}disconnectedCallback(){clearInterval(this.#e),super.disconnectedCallback()}shouldUpdate(e){if(!e.has("hass")||e.size>1)return!0;let t=e.get("hass");return!t||t.entities!==this.hass.entities||t.devices!==this.hass.devices||t.locale!==this.hass.locale||t.formatEntityState!==this.hass.formatEntityState?!0:this.everything().some(({all:s})=>s.some(n=>t.states[n]!==this.hass.states[n]))}everything(){return re(this.hass)}about(...e){return re(this.hass).filter(({kind:t})=>e.length===0||e.includes(t)).filter(({device:t})=>!this.config.device_id||t.id===this.config.device_id)}say(e,t){return D(this.hass.locale.language,e,t)}render(){return l`<ha-card>${this.content()}</ha-card>`}heading(e){return l`<h2>${e}</h2>`}missing(e,t,s){return l`${this.heading(this.say(e))}
      <p class="quiet">${this.say(t)}</p>
      ${s&&this.hass.user?.is_admin?l`<div class="buttons"><a class="button" href=${Ut}>${this.say(s)}</a></div>`:""}`}more(e){this.dispatchEvent(new CustomEvent("hass-more-info",{detail:{entityId:e},bubbles:!0,composed:!0}))}}});var Se,Wt=p(()=>{"use strict";k();M();R();z();Se=class extends f{content(){let e=this.about("gateway");if(e.length===0)return this.missing("cases","no_gateway","add_gateway");let t=e.flatMap(n=>{let r=m(this.hass,n,"open_cases")?.attributes.cases;return Array.isArray(r)?r:[]});if(t.length===0)return this.missing("cases","cases_none");let s=n=>_(n.appointment)?.getTime()??1/0;return l`${this.heading(this.say("cases"))}
      <ul class="list">
        ${t.sort((n,r)=>s(n)-s(r)||0).map(n=>this.#e(n))}
      </ul>`}getCardSize(){return 2}#e({device:e,status:t,summary:s,note:n,appointment:r,appointment_end:o}){let[d,a]=[_(r),_(o)],c=this.hass.config.time_zone,u=d&&S(this.hass,d,this.now,c),h=u&&a?`${u} – ${E(this.hass,a,c)}`:u;return l`<li>
      <strong>${e}</strong>
      <p>${[s.replace(`${e}: `,""),n].filter(Boolean).join(" — ")}</p>
      <p class="quiet">
        ${h?this.say("appointment",{when:h}):this.say(t==="scheduled"?"case_scheduled":"case_open")}
      </p>
    </li>`}}});var Xe,It,Vt,Us,Bt,Ft=p(()=>{"use strict";M();Xe=(i,e)=>`${x(i,e,0)} %`,It=(i,e)=>{let t=i.config.unit_system.temperature;return`${x(i,t==="°F"?e*1.8:e,1,0)} ${t}`},Vt=(i,e)=>{let t=i.config.unit_system.temperature;return`${x(i,t==="°F"?e*1.8+32:e,1,0)} ${t}`},Us={duty_cycle:Xe,target_reduction:V,load_adjustment:Xe,cooling_offset:It,heating_offset:It,cooling_setpoint:Vt,heating_setpoint:Vt,charge_state:Xe,charge_energy:(i,e)=>`${x(i,e,1,0)} kWh`,level:(i,e)=>x(i,e,0),level_offset:(i,e)=>x(i,e,0)},Bt=(i,e)=>{let t=e??{};for(let[s,n]of Object.entries(Us)){let r=t[s];if(typeof r=="number")return n(i,r)}return""}});var qs,Ws,Is,Ae,Gt=p(()=>{"use strict";k();Ft();M();R();z();qs="none",Ws="test",Is=i=>$(i)&&i.state!==qs,Ae=class extends f{static{this.styles=[...f.styles,v`
      li.running {
        border-inline-start: 4px solid var(--warning-color);
        padding-inline-start: 12px;
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      li.out {
        border-color: var(--disabled-color, var(--secondary-text-color));
      }
      .track {
        height: 6px;
        border-radius: 3px;
        background: var(--divider-color);
        overflow: hidden;
      }
      .track div {
        height: 100%;
        background: var(--warning-color);
      }
    `]}content(){let e=this.about("device");if(e.length===0)return this.missing("control","no_devices","add_device");let t=e.filter(s=>Is(m(this.hass,s,"active_event")));return l`${this.heading(this.say("control"))}
      ${t.length>0?l`<ul class="list">
            ${t.map(s=>this.#e(s))}
          </ul>`:l`<p>${this.say("control_none")}</p>`}
      ${this.#s(e)}`}#e(e){let{hass:t}=this,s=m(t,e,"active_event"),{what:n,start:r,end:o,mandatory:d,participating:a}=s.attributes,[c,u]=[_(r),_(o)],h=s.state===Ws,g=h?"":Bt(t,n),y=[t.formatEntityState(s),g].filter(Boolean).join(", "),A=u?this.say("control_until",{when:S(t,u,this.now)}):"",w=a===!1;return l`<li class="running ${w?"out":""}">
      <div class="line"><strong>${e.name}</strong><span>${A}</span></div>
      <div class="line"><span>${y}</span>${w?l`<span>${this.say("control_out")}</span>`:""}</div>
      ${c&&u&&!w?this.#t(c,u):""}
      ${d===!0?l`<p>${this.say("control_mandatory")}</p>`:h?"":this.#n(e)}
    </li>`}#t(e,t){let s=(this.now.getTime()-e.getTime())/(t.getTime()-e.getTime());return l`<div class="track" aria-hidden="true">
      <div style="width: ${100*Math.min(1,Math.max(0,s))}%"></div>
    </div>`}#n(e){let[t,s]=["opt_out_event","opt_in_event"].map(r=>m(this.hass,e,r)),n=r=>()=>this.hass.callService("button","press",{},{entity_id:r.entity_id},!1);return l`${ae(t)?l`<utility-han-acting
          .hass=${this.hass}
          .act=${n(t)}
          .label=${this.say("opt_out")}
          .about=${e.name}
          .question=${this.say("opt_out_sure",{device:e.name})}
          .yes=${this.say("opt_out_yes")}
        ></utility-han-acting>`:""}
    ${ae(s)?l`<utility-han-acting
          .hass=${this.hass}
          .act=${n(s)}
          .label=${this.say("opt_in")}
          .about=${e.name}
        ></utility-han-acting>`:""}`}#s(e){let t=e.map(s=>({device:s,at:_(m(this.hass,s,"next_event")?.state)})).filter(s=>s.at!==void 0).sort((s,n)=>s.at.getTime()-n.at.getTime());return t.length===0?"":l`<ul class="list quiet">
      ${t.map(({device:s,at:n})=>{let r=S(this.hass,n,this.now);return l`<li>${this.say("control_next",{device:s.name,when:r})}</li>`})}
    </ul>`}}});var Vs,Kt,Bs,Fs,Gs,Ks,ke,Zt=p(()=>{"use strict";k();M();ie();R();z();Vs=["ok","marginal","failing","failed"],Kt=["--success-color","--warning-color","--warning-color","--error-color"],Bs="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m-2 15-5-5 1.4-1.4 3.6 3.6 7.6-7.6L19 8z",Fs="M13 14h-2V9h2m0 9h-2v-2h2M1 21h22L12 2z",Gs="M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z",Ks=["resynchronise","re_announce","reregister","correct_enrollment","commission_again","renew_certificate","sign_in","check_device"],ke=class extends f{static{this.styles=[...f.styles,v`
      ha-card {
        border-inline-start: 6px solid var(--severity);
      }
      button.summary {
        display: flex;
        align-items: center;
        gap: 12px;
        width: 100%;
        font-size: var(--ha-font-size-l, 16px);
        font-weight: var(--ha-font-weight-medium, 500);
        min-height: 32px;
      }
      button.summary span {
        flex: 1;
      }
      svg {
        flex: none;
        width: 24px;
        height: 24px;
        fill: var(--severity);
      }
      svg.chevron {
        fill: var(--secondary-text-color);
      }
      [aria-expanded="true"] svg.chevron {
        transform: rotate(180deg);
      }
      li {
        display: flex;
        flex-direction: column;
        gap: 8px;
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .dot::before {
        content: "";
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 8px;
        border-radius: 50%;
        background: var(--severity);
      }
    `]}static{this.properties={...f.properties,open:{state:!0}}}constructor(){super(),this.open=!1}getCardSize(){return 1}render(){let e=Math.max(0,...this.#e().map(({severity:t})=>t));return l`<ha-card style="--severity: var(${Kt[e]})">${this.content()}</ha-card>`}content(){let e=this.#e();if(e.length===0)return this.missing("health","no_gateway","add_gateway");let t=e.filter(({severity:n})=>n>0),s=t.length===0?this.say("health_ok"):t.length===1?this.say("health_one",{device:t[0]?.subject.name??""}):this.say("health_some",{count:t.length,all:e.length});return l`<button
        class="plain summary"
        aria-expanded=${this.open}
        aria-controls="standings"
        @click=${()=>this.open=!this.open}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${t.length===0?Bs:Fs}></path></svg>
        <span>${s}</span>
        <svg class="chevron" viewBox="0 0 24 24" aria-hidden="true"><path d=${Gs}></path></svg>
      </button>
      <ul class="list" id="standings" ?hidden=${!this.open}>
        ${this.open?e.map(n=>this.#t(n)):""}
      </ul>`}#e(){return this.about().map(e=>({subject:e,health:m(this.hass,e,"health")})).filter(e=>$(e.health)).map(e=>({...e,severity:Math.max(0,Vs.indexOf(e.health.state))})).sort((e,t)=>t.severity-e.severity)}#t({subject:e,health:t,severity:s}){let{hass:n}=this,r=s>0?_(t.attributes.since):void 0,o=t.attributes.reason?n.formatEntityAttributeValue(t,"reason"):"";return l`<li style="--severity: var(${Kt[s]})">
      <div class="line">
        <strong>${e.name}</strong>
        <span class="dot">${n.formatEntityState(t)}</span>
      </div>
      ${o||r?l`<p>
            ${[o,r&&this.say("since",{when:S(n,r,this.now)})].filter(Boolean).join(", ")}
          </p>`:""}
      ${s>0?this.#n(e):""} ${this.#s(e,s>0)}
    </li>`}#n(e){let t=m(this.hass,e,"last_diagnosis"),s=_(t?.attributes.at);if(!$(t)||!s)return"";let n=t.attributes.next?this.hass.formatEntityAttributeValue(t,"next"):"",r=[this.hass.formatEntityState(t),n,S(this.hass,s,this.now)];return l`<p class="quiet">${r.filter(Boolean).join(" · ")}</p>`}#s({device:e,name:t,entities:s},n){let{hass:r}=this,o=s.last_diagnosis?r.states[s.last_diagnosis]:void 0,d=o?.attributes.next,a=c=>()=>r.callService(T,c,{device_id:e.id},void 0,!1,!0);return l`<div class="buttons">
      <utility-han-acting
        .hass=${r}
        .act=${a("diagnose")}
        .label=${this.say("diagnose")}
        .about=${t}
        .busy=${this.say("diagnosing")}
      ></utility-han-acting>
      ${n&&o&&typeof d=="string"&&Ks.includes(d)?l`<utility-han-acting
            .hass=${r}
            .act=${a("repair")}
            .label=${this.say("repair")}
            .about=${t}
            .busy=${this.say("repairing")}
            .question=${this.say("repair_sure",{device:t,what:r.formatEntityAttributeValue(o,"next")})}
            .yes=${this.say("repair_yes")}
          ></utility-han-acting>`:""}
      ${n&&r.user?.is_admin?l`<a class="button" href="/config/devices/device/${e.id}" aria-label="${this.say("details")}: ${t}"
            >${this.say("details")}</a
          >`:""}
    </div>`}}});var Ee,Yt,Jt,et=p(()=>{"use strict";Ee=(i,e,t,s,n,r={})=>i.callWS({type:"recorder/statistics_during_period",start_time:t.toISOString(),statistic_ids:e,period:s,types:n,units:r}),Yt=(i=[],e=[])=>[...i,...e.filter(t=>!i.some(s=>s.start<=t.start&&t.start<s.end))],Jt=(i,e,t)=>{let s=({start:o,end:d})=>`${String(o)}-${String(d)}`,n=new Map((e??[]).map(o=>[s(o),o.mean])),r={total:0,hours:new Array(24).fill(0),cost:e&&0};for(let o of i){let{start:d,change:a}=o;if(typeof a!="number"||a===0)continue;r.total+=a;let c=t(d);r.hours[c]=(r.hours[c]??0)+a;let u=n.get(s(o));r.cost=r.cost===void 0||typeof u!="number"?void 0:r.cost+a*u}return r}});var Zs,Ys,Re,Js,Qs,Xs,Qt,en,Xt,es,Ce,ts=p(()=>{"use strict";k();M();R();et();z();Zs=["power_delivered","power_net","power_total","power"],Ys=[1,2,3,5,10],Re=84,Js=864e5,Qs=9e5,Xs={mW:.001,W:1,kW:1e3,MW:1e6},Qt=(i,e)=>{let t=oe(i,e,...Zs),s=m(i,e,"power_received"),[n,r]=[t,s].map(c=>{let u=N(c);return u===void 0?void 0:u*(Xs[H(c)]??1)});if(n===void 0&&r===void 0)return;let o=n!==void 0&&(n!==0||!r)?n:-(r??0),d=[t,s].filter(c=>c!==void 0).map(c=>c.entity_id),a=N(m(i,e,"energy_received"));return{watts:o,gives:a===void 0?s!==void 0:a>0,ids:d}},en=i=>{let e=Math.max(1e3,Math.abs(i)),t=10**Math.floor(Math.log10(e));return(Ys.find(s=>s*t>=e)??10)*t},Xt=i=>{let e=Math.PI*(1-i);return`${String(100+Re*Math.cos(e))} ${String(100-Re*Math.sin(e))}`},es=(i,e)=>`M ${Xt(i)} A ${Re} ${Re} 0 0 1 ${Xt(e)}`,Ce=class extends f{static{this.styles=[...f.styles,v`
      figure {
        margin: 0 auto;
        width: 100%;
        max-width: 300px;
        text-align: center;
      }
      svg {
        display: block;
        width: 100%;
      }
      path {
        fill: none;
        stroke-width: 18;
        stroke-linecap: butt;
      }
      .track {
        stroke: var(--divider-color);
      }
      .take {
        stroke: var(--energy-grid-consumption-color, #488fc2);
      }
      .give {
        stroke: var(--energy-grid-return-color, #8353d1);
      }
      .zero {
        stroke: var(--primary-text-color);
        stroke-width: 2;
      }
      .big {
        font-size: var(--ha-font-size-3xl, 28px);
        line-height: 1.2;
        margin-top: -44px;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        font-size: var(--ha-font-size-s, 12px);
      }
      button.plain {
        width: 100%;
        text-align: center;
      }
    `]}#e=new Map;#t=0;content(){let e=this.about("gateway");if(e.length===0)return this.missing("power","no_gateway","add_gateway");let t=e.map(n=>({gateway:n,flow:Qt(this.hass,n)})).filter(({flow:n})=>n);if(t.length===0)return this.missing("power","power_none");let s=t.length>1||e.length>1;return l`${this.heading(this.say("power"))}
    ${t.map(({gateway:n,flow:r})=>r&&this.#s(n,r,s))}`}updated(){Date.now()-this.#t<Qs||(this.#t=Date.now(),this.#n())}async#n(){let e=this.about("gateway").flatMap(t=>Qt(this.hass,t)?.ids??[]);if(e.length!==0)try{let t={power:"W"},s=await Ee(this.hass,e,new Date(Date.now()-Js),"hour",["max","min"],t),n=r=>Math.max(Math.abs(r.max??0),Math.abs(r.min??0));this.#e=new Map(Object.entries(s).map(([r,o])=>[r,Math.max(0,...(o??[]).map(n))])),this.requestUpdate()}catch{}}#s(e,{watts:t,gives:s,ids:n},r){let o=Math.max(Math.abs(t),...n.map(y=>this.#e.get(y)??0)),d=en(o),a=s||t<0?.5:0,c=a+(1-a)*(t/d),u=V(this.hass,Math.abs(t)),h=t>0?"power_in":t<0?"power_out":"power_neither",g=this.say(h,{power:u});return l`<figure>
      ${r?l`<figcaption class="quiet">${e.name}</figcaption>`:""}
      <button class="plain" aria-label=${g} @click=${()=>this.more(n[0]??"")}>
        <svg viewBox="0 0 200 104" aria-hidden="true">
          <path class="track" d=${es(0,1)}></path>
          ${c===a?"":se`<path class="${t>0?"take":"give"}" d="${es(Math.min(a,c),Math.max(a,c))}"></path>`}
          ${a?se`<path class="zero" d="M 100 4 V 28"></path>`:""}
        </svg>
        <p class="big">${u}</p>
        <p class="quiet">${t===0?g:this.say(t>0?"take":"give")}</p>
      </button>
      <p class="ends quiet" aria-hidden="true">
        <span>${a?V(this.hass,d):V(this.hass,0)}</span>
        <span>${V(this.hass,d)}</span>
      </p>
    </figure>`}}});var ce,tn,ss,ns,is,rs=p(()=>{"use strict";R();ce=24*36e5,tn=200,ss=(i,e,t)=>{let s=Math.max(0,(i.getTime()-t)/ce),n=Math.min(1,(e.getTime()-t)/ce);return n>s?{left:s,width:n-s}:void 0},ns=(i,e)=>{let t=i?.attributes.forecast;if(!Array.isArray(t))return[];let s=[];for(let c of t.slice(0,tn)){let[u,h,g,y]=[_(c?.start),_(c?.end),c?.price,c?.tier];if(!u||!h||typeof g!="number")continue;let A=ss(u,h,e.getTime()),w=typeof y=="string"||typeof y=="number"?String(y):void 0;A&&s.push({start:u,end:h,price:g,tier:w,...A,height:0,level:"middle"})}let n=s.map(c=>c.price),r=Math.min(...n),o=Math.max(...n),d=Math.min(0,r),a=Math.max(0,o)-d||1;for(let c of s){c.height=(c.price-d)/a;let u=o>r?(c.price-r)/(o-r):.5;c.level=u<1/3?"low":u>2/3?"high":"middle"}return s.sort((c,u)=>c.left-u.left)},is=(i,e,t)=>{let s=i&&e&&ss(i,e,t.getTime());return s&&{start:i,end:e,...s}}});var de,tt,st,sn,nn,Te,os=p(()=>{"use strict";k();M();R();rs();z();de=36e5,tt=1e3,st=100,sn=6,nn=6,Te=class extends f{static{this.styles=[...f.styles,v`
      svg {
        display: block;
        width: 100%;
        height: 110px;
        overflow: visible;
      }
      rect {
        stroke: var(--ha-card-background, var(--card-background-color));
        stroke-width: 1;
        vector-effect: non-scaling-stroke;
        cursor: pointer;
      }
      .low {
        fill: var(--success-color);
      }
      .middle {
        fill: var(--energy-grid-consumption-color, #488fc2);
      }
      .high {
        fill: var(--warning-color);
      }
      rect.chosen,
      rect:focus {
        stroke: var(--primary-text-color);
        stroke-width: 2;
        outline: none;
      }
      .hours {
        position: relative;
        height: 1.5em;
        font-size: var(--ha-font-size-s, 12px);
      }
      .hours span {
        position: absolute;
        transform: translateX(-50%);
        white-space: nowrap;
      }
      .band {
        position: relative;
        height: 22px;
        margin-bottom: 4px;
        background: color-mix(in srgb, var(--divider-color) 50%, transparent);
        border-radius: 4px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 22px;
      }
      .band i {
        position: absolute;
        inset-block: 0;
        border-radius: 4px;
        min-width: 4px;
      }
      .band .control {
        background: color-mix(in srgb, var(--error-color) 40%, transparent);
        border-inline-start: 3px solid var(--error-color);
      }
      .band .charging {
        background: color-mix(in srgb, var(--success-color) 40%, transparent);
        border-inline-start: 3px solid var(--success-color);
      }
      .band span {
        position: absolute;
        inset-inline: 8px;
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
    `]}static{this.properties={...f.properties,chosen:{state:!0}}}content(){let e=this.about("gateway");if(e.length===0)return this.missing("price","no_gateway","add_gateway");let t=new Date(Math.floor(this.now.getTime()/de)*de),s=e.map(n=>({gateway:n,bars:ns(oe(this.hass,n,"price"),t)})).find(({bars:n})=>n.length>0);return!s&&e.some(n=>B(n,"price"))?this.missing("price","price_away"):s?this.#e(s.gateway,s.bars,t):this.missing("price","price_none","add_utility")}getCardSize(){return 4}#e(e,t,s){let n=oe(this.hass,e,"price"),r=H(n),o=N(n),d=t.find(({start:c})=>c.getTime()===this.chosen)??t[0],a=this.#r(s);return l`<div class="line">
        ${this.heading(this.say("price"))}
        ${o===void 0?"":l`<span>${this.say("price_now",{price:Je(this.hass,o,r)})}</span>`}
      </div>
      <div>
        <svg
          viewBox="0 0 ${tt} ${st}"
          preserveAspectRatio="none"
          role="group"
          aria-label="${this.say("price")}. ${this.say("price_keys")}"
          @keydown=${c=>this.#s(c,t,d)}
        >
          ${t.map(c=>this.#n(c,r,c===d))}
        </svg>
        <div class="hours quiet" aria-hidden="true">${this.#i(s)}</div>
        ${a.length>0?l`<ul class="list" style="gap: 0">
              ${a.map(c=>this.#o(c))}
            </ul>`:""}
      </div>
      <p>${d?this.#t(d,r):""}</p>`}#t(e,t){let[s,n]=[E(this.hass,e.start),E(this.hass,e.end)],r=this.say("price_bar",{from:s,to:n,price:Je(this.hass,e.price,t)});return e.tier?/^\d+$/.test(e.tier)?this.say("price_tier",{bar:r,tier:e.tier}):`${r}, ${e.tier}`:r}#n(e,t,s){let n=Math.max(sn,e.height*st),r=()=>{this.chosen=e.start.getTime()};return se`<rect
      x=${e.left*tt} y=${st-n} width=${e.width*tt} height=${n}
      class="${e.level}${e.start.getTime()===this.chosen?" chosen":""}"
      role="img" aria-label=${this.#t(e,t)} tabindex=${s?0:-1}
      data-start=${e.start.getTime()} @click=${r} @focus=${r}></rect>`}#s(e,t,s){let n=s?t.indexOf(s):0,r={ArrowRight:n+1,ArrowLeft:n-1,Home:0,End:t.length-1}[e.key],o=r===void 0?void 0:t[r];o&&(e.preventDefault(),this.renderRoot.querySelector(`[data-start="${String(o.start.getTime())}"]`)?.focus())}#i(e){let t=be(this.hass);return Array.from({length:ce/de},(s,n)=>new Date(e.getTime()+n*de)).map((s,n)=>({moment:s,hours:n})).filter(({moment:s,hours:n})=>n>1&&n<23&&we(s,t)%nn===0).map(({moment:s,hours:n})=>l`<span style="left: ${100*n*de/ce}%">${E(this.hass,s)}</span>`)}#r(e){let{hass:t}=this,s=[],n=(r,o,d)=>{let a=m(t,r,o)?.attributes,c=is(_(a?.start),_(a?.end),e);if(!c)return;let[u,h]=[E(t,c.start),E(t,c.end)],g={device:r.name,from:u,to:h},y=this.say(d==="control"?"band_control":"band_charging",g);s.push({...c,kind:d,text:y})};for(let r of this.everything())n(r,"active_event","control"),n(r,"next_event","control"),xe(m(t,r,"departure"))&&n(r,"departure","charging");return s.sort((r,o)=>r.left-o.left)}#o({left:e,width:t,kind:s,text:n}){return l`<li class="band">
      <i class=${s} style="left: ${100*e}%; width: ${100*t}%"></i>
      <span title=${n}>${n}</span>
    </li>`}}});var rn,as,on,an,De,cs=p(()=>{"use strict";k();M();R();et();z();rn=6e4,as=["energy_delivered","energy_total","energy_net","energy"],on=["energy_received"],an=36e5,De=class extends f{static{this.styles=[...f.styles,v`
      .hours {
        display: flex;
        align-items: flex-end;
        gap: 2px;
        height: 56px;
        border-bottom: 1px solid var(--divider-color);
      }
      .hours div {
        flex: 1;
        min-height: 1px;
        border-radius: 2px 2px 0 0;
        background: var(--energy-grid-consumption-color, #488fc2);
      }
    `]}static{this.properties={...f.properties,found:{state:!0},why:{state:!0}}}#e=0;constructor(){super(),this.found=new Map,this.why=""}content(){let e=this.about("gateway");if(e.length===0)return this.missing("today","no_gateway","add_gateway");let t=e.filter(s=>B(s,...as));return t.length===0?this.missing("today","today_no_energy"):this.why?l`${this.heading(this.say("today"))}
        <p class="failed">${this.say("today_failed",{why:this.why})}</p>`:l`${this.heading(this.say("today"))} ${t.map(s=>this.#n(s,e.length>1))}`}updated(){Date.now()-this.#e<rn||(this.#e=Date.now(),this.#t())}async#t(){let{hass:e}=this,t=Lt(new Date,e.config.time_zone),s=new Map;try{for(let n of this.about("gateway")){let r=B(n,...as);if(!r)continue;let o=B(n,...on),d=B(n,"price"),a=[r,o,d].filter(w=>w!==void 0),c={energy:"kWh"},[u,h]=await Promise.all(["hour","5minute"].map(w=>Ee(e,a,t,w,["change","mean"],c))),g=w=>Yt(u?.[w],h?.[w]),y=(w,nt)=>Jt(g(w),nt?g(nt):void 0,ps=>we(new Date(ps),e.config.time_zone)),A=g(r).length>0;s.set(n.device.id,{taken:y(r,d),given:o?y(o):void 0,since:t,counted:A})}this.why=""}catch(n){this.why=n?.message??String(n)}this.found=s}#n(e,t){let s=this.found.get(e.device.id),n=H(m(this.hass,e,"price")),r=t?l`<p class="quiet">${e.name}</p>`:"";if(!s?.counted)return l`${r}
        <p class="quiet">${this.say(s?"today_none":"busy")}</p>`;let{taken:o,given:d}=s,a=o.cost===void 0?this.say("cost_none"):ne(this.hass,o.cost,n.split("/")[0]??"");return l`${r}
      <dl class="figures">
        ${this.#s(this.say("from_grid"),P(this.hass,o.total))}
        ${d?this.#s(this.say("to_grid"),P(this.hass,d.total)):""}
        ${this.#s(this.say("cost"),a)}
      </dl>
      ${this.#i(s)}`}#s(e,t){return l`<div>
      <dt>${e}</dt>
      <dd>${t}</dd>
    </div>`}#i({taken:e,since:t}){let s=Math.max(...e.hours),n=e.hours.indexOf(s),[r,o]=[n,n+1].map(a=>E(this.hass,new Date(t.getTime()+a*an))),d=this.say("by_hour",{from:r??"",to:o??"",energy:P(this.hass,s)});return l`<div class="hours" role="img" aria-label=${d}>
      ${e.hours.map(a=>l`<div style="height: ${s>0?Math.max(0,100*a/s):0}%"></div>`)}
    </div>`}}});var cn,Oe,ds=p(()=>{"use strict";k();M();ie();R();z();cn=.001,Oe=class extends f{static{this.styles=[...f.styles,v`
      section {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      section + section {
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .plug::before {
        content: "";
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 8px;
        border-radius: 50%;
        background: var(--disabled-color, var(--secondary-text-color));
      }
      .plug.on::before {
        background: var(--success-color);
      }
      .differs {
        border-inline-start: 4px solid var(--warning-color);
        padding-inline-start: 8px;
      }
    `]}static{this.properties={...f.properties,measured:{state:!0}}}#e="";constructor(){super(),this.measured=new Map}content(){let e=this.about("vehicle");return e.length===0?this.missing("vehicle","no_vehicle","add_vehicle"):e.map(t=>this.#n(t))}getCardSize(){return 5}updated(e){super.updated(e);let t=(r,o)=>m(this.hass,r,o)?.state??"",s=this.about("vehicle"),n=JSON.stringify(s.map(r=>[r.device.id,t(r,"session_cost"),t(r,"month_energy")]));n!==this.#e&&(this.#e=n,this.hass.user?.is_admin&&this.#t(s))}async#t(e){let t=new Map,s=Qe(new Date,this.hass.config.time_zone);for(let{device:n}of e)try{let r={device_id:[n.id],month:s},{response:o}=await this.hass.callService(T,"get_sessions",r,void 0,!1,!0),d=(o?.sessions??[]).filter(({place:u})=>u==="home"),a=u=>d.reduce((h,g)=>h+g[u],0),c=d[0]?ne(this.hass,a("amount"),d[0].currency):"";t.set(n.id,{energy:a("energy_kwh"),cost:c})}catch{}this.measured=t}#n(e){let{hass:t}=this,s=m(t,e,"plugged"),n=$(s)&&s.state==="on",r=n&&s.attributes.charging===!0,o=$(s)?n?r?"charging":"plugged":"unplugged":"plug_unknown";return l`<section>
      <div class="line">
        ${this.heading(e.name)}
        <span class="plug ${n?"on":""}">${this.say(o)}</span>
      </div>
      ${this.#s(e)} ${this.#i(e,n)} ${this.#o(e)} ${this.#d(e)}
      ${this.#l(e,$(s)&&!n)}
    </section>`}#s(e){let t=m(this.hass,e,"binding");return!$(t)||t.state==="in_force"?"":l`<p class="differs">${this.hass.formatEntityState(t)}</p>`}#i(e,t){let s=N(m(this.hass,e,"session_energy")),n=this.#r(m(this.hass,e,"session_cost")),r=s===void 0?[this.say("session_none")]:[P(this.hass,s),n];return l`<div class="line">
      <span class="quiet">${this.say(t?"session_now":"session_last")}</span>
      <strong>${r.filter(Boolean).join(" · ")}</strong>
    </div>`}#r(e){let t=N(e);return t===void 0?"":ne(this.hass,t,H(e))}#o(e){let{hass:t}=this,s=N(m(t,e,"month_energy")),n=this.#r(m(t,e,"month_cost")),r=this.measured.get(e.device.id),o=[];return r&&o.push(this.say("measured",{energy:P(t,r.energy)})),s!==void 0?o.push(this.say("billed",{energy:P(t,s),amount:n})):r?.cost&&o.push(r.cost),o.length===0?"":l`<div class="line">
        <span class="quiet">${this.say("month")}</span>
        <span>${o.join(" · ")}</span>
      </div>
      ${r&&s!==void 0?this.#c(r.energy-s):""}`}#c(e){if(Math.abs(e)<cn)return l`<p class="quiet">${this.say("agrees")}</p>`;let t=P(this.hass,Math.abs(e));return l`<p class="differs">${this.say(e>0?"less_billed":"more_billed",{energy:t})}</p>`}#d(e){let{hass:t}=this,s=m(t,e,"departure"),n=_(s?.state),r=n?S(t,n,this.now):this.say("departure_none"),[o,d]=[_(s?.attributes.start),_(s?.attributes.end)];return l`${s?l`<div class="line">
          <span class="quiet">${this.say("departure")}</span>
          <button
            class="plain"
            aria-label="${this.say("departure")}: ${e.name}, ${r}"
            @click=${()=>this.more(s.entity_id)}
          >
            ${r}
          </button>
        </div>`:""}
    ${xe(s)?l`<div class="line">
          <span class="quiet">${this.say("plan")}</span>
          <span>
            ${t.formatEntityAttributeValue(s,"reservation")}${o&&d?`, ${S(t,o,this.now)} – ${S(t,d,this.now)}`:""}
          </span>
        </div>`:""}`}#l(e,t){let{hass:s}=this,n=m(s,e,"charge_now"),r=m(s,e,"binding"),o=this.hass.user?.is_admin&&$(r)&&r.state!=="none"&&r.state!=="binding",d=(a,c)=>l`<utility-han-acting .hass=${s} .act=${c} .label=${a} .about=${e.name}></utility-han-acting>`;return l`<div class="buttons">
      ${ae(n)&&!t?d(this.say("charge_now"),()=>s.callService("button","press",{},{entity_id:n.entity_id},!1)):""}
      ${o?l`${d(this.say("statement"),()=>this.#a(e,"pdf"))}
          ${d(this.say("table"),()=>this.#a(e,"csv"))}`:""}
    </div>`}async#a(e,t){let{hass:s}=this,n=Qe(new Date,s.config.time_zone),r={format:t,device_id:[e.device.id],month:n},{response:o}=await s.callService(T,"export_sessions",r,void 0,!1,!0);if(!o)return;let d=document.createElement("a");d.href=s.hassUrl(o.url),d.download=o.name,document.body.append(d),d.click(),d.remove()}}});var dn,le,L,ln,Pe,ls=p(()=>{"use strict";R();Ne();K();dn={registration_state:{},programs:{},binding:{},opt_out:{state_content:["state","until"],features:[{type:"toggle"}]},control:{state_content:["event_type","state"]},last_diagnosis:{},last_contact:{},open_cases:{}},le=(...i)=>({type:"grid",cards:i}),L=(i,e={})=>({type:ht(i),...e}),ln=({device:i,name:e,entities:t})=>{let s=[{type:"heading",heading:e,tap_action:{action:"navigate",navigation_path:`/config/devices/device/${i.id}`}}];for(let[n,r]of Object.entries(dn)){let o=t[n];o&&s.push({type:"tile",entity:o,name:{type:"entity"},grid_options:{columns:12},...r})}return t.coverage&&s.push({type:"picture-entity",entity:t.coverage,show_name:!1,show_state:!1}),le(...s)},Pe=class extends HTMLElement{static generate(e,t){let s=re(t),n=s.filter(({kind:c})=>c==="vehicle"),r=s.length===0?[le(L("health"))]:[le(L("health"),L("control"),L("power")),le(L("today"),L("price")),le(...(n.length>0?n:[void 0]).map(c=>L("vehicle",c?{device_id:c.device.id}:{})),L("cases"))],o=(c,u,h,g)=>({title:D(t.locale.language,c),path:u,icon:h,type:"sections",max_columns:3,sections:g}),d=s.filter(({entities:c})=>c.health).map(ln),a=[o("home","home","mdi:home-lightning-bolt",r)];return d.length>0&&a.push(o("devices","devices","mdi:devices",d)),Promise.resolve({title:"Utility HAN",views:a})}}});var us={};gs(us,{define:()=>hn});var un,hn,hs=p(()=>{"use strict";Mt();Wt();Gt();Zt();ts();os();cs();ds();ls();un={health:ke,control:Ae,power:Ce,today:De,price:Te,vehicle:Oe,cases:Se},hn=()=>{customElements.define("utility-han-acting",_e);for(let[i,e]of Object.entries(un))customElements.define(`utility-han-${i}-card`,e);customElements.define("ll-strategy-dashboard-utility-han",Pe)}});Ne();pt();customElements.whenDefined("home-assistant").then(()=>Promise.resolve().then(()=>(hs(),us))).then(({define:i})=>i());
