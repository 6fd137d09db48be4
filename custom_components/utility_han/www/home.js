// Built from frontend/ by script/frontend: change it there.
var Os=Object.defineProperty;var p=(i,e,t)=>()=>{if(t)throw t[0];try{return i&&(e=i(i=0)),e}catch(s){throw t=[s],s}};var qs=(i,e)=>{for(var t in e)Os(i,t,{get:e[t],enumerable:!0})};var bt,wt=p(()=>{"use strict";bt={home:"Zuhause",devices:"Geräte",strategy:"Leistung, Kosten, Preise, Laststeuerung, Fahrzeuge und Zustand deines Zuhauses",no_gateway:"Es gibt noch keinen Zähler.",add_gateway:"Zähler hinzufügen",power:"Leistung jetzt",power_about:"Was dein Zuhause aus dem Netz bezieht oder einspeist, als Anzeige",power_none:"Dein Zähler meldet gerade keine Leistung.",power_in:"{power} aus dem Netz",power_out:"{power} ins Netz",power_neither:"Nichts wird bezogen oder eingespeist",take:"aus dem Netz",give:"ins Netz",today:"Heute",today_about:"Energie und Kosten seit Mitternacht",from_grid:"Aus dem Netz",to_grid:"Ins Netz",cost:"Kosten",cost_none:"kein Preis bekannt",today_none:"Gezählt wird ab den nächsten fünf Minuten.",today_failed:"Die Statistik ließ sich nicht lesen: {why}",today_no_energy:"Dein Zähler meldet keine Energie.",by_hour:"Bezug nach Stunden; am meisten von {from} bis {to}: {energy}",price:"Preis, nächste 24 Stunden",price_about:"Preise, Laststeuerung und Ladepläne der nächsten 24 Stunden",price_none:"Noch nennt niemand einen Preis. Ein Zähler mit Tarif tut das oder ein Versorger mit OpenADR.",price_away:"Der Preis ist gerade nicht bekannt.",add_utility:"Versorger einrichten",price_now:"Jetzt {price}",price_bar:"{from} bis {to}: {price}",price_until:"Bis {to}: {price}",price_tier:"{bar} (Stufe {tier})",price_keys:"Mit den Pfeiltasten von Preis zu Preis",band_control:"{device}: Laststeuerung, {from} bis {to}",band_charging:"{device}: Laden, {from} bis {to}",control:"Laststeuerung",control_about:"Was der Versorger von deinen Geräten verlangt, bis wann, und wie du aussteigst",control_none:"Gerade wird nichts von deinem Zuhause verlangt.",control_next:"{device}: wieder {when}",control_until:"bis {when}",control_mandatory:"Ein Notfall: Niemand kann aussteigen.",control_out:"Ausgestiegen",no_devices:"Noch nimmt kein Gerät an der Laststeuerung teil.",add_device:"Gerät hinzufügen",opt_out:"Jetzt aussteigen",opt_out_sure:"{device} verlässt diese Laststeuerung, und dein Versorger erfährt es.",opt_out_yes:"Ja, aussteigen",opt_in:"Wieder teilnehmen",no:"Nein",busy:"Einen Moment …",failed:"Das hat nicht geklappt: {why}",not_allowed:"das dürfen nur Administratoren, wenn die Optionen des Hubs es nicht auch anderen erlauben.",vehicle:"Fahrzeug",vehicle_about:"Stecker, Laden, Kosten, Abrechnung des Monats und nächste Abfahrt",no_vehicle:"Noch ist kein Fahrzeug gebunden.",add_vehicle:"Fahrzeug hinzufügen",plugged:"Eingesteckt",charging:"Lädt",unplugged:"Nicht eingesteckt",plug_unknown:"Ob es eingesteckt ist, ist nicht bekannt",session_now:"Dieser Ladevorgang",session_last:"Letzter Ladevorgang",session_none:"Noch keiner",month:"Dieser Monat",month_none:"Noch nichts geladen",measured:"{energy} gemessen",billed:"{energy} abgerechnet, {amount}",agrees:"Abrechnung und Messung stimmen überein.",less_billed:"{energy} noch nicht abgerechnet.",more_billed:"{energy} mehr abgerechnet als gemessen.",departure:"Nächste Abfahrt",departure_none:"Keine geplant",plan:"Ladeplan",charge_now:"Jetzt laden",statement:"Abrechnung (PDF)",table:"Ladevorgänge (CSV)",health:"Zustand",health_about:"Wie es allem geht, warum, und was hilft",health_ok:"Alles in Ordnung",health_one:"{device} braucht Aufmerksamkeit",health_some:"{count} von {all} brauchen Aufmerksamkeit",since:"seit {when}",diagnose:"Diagnose",diagnosing:"Diagnose läuft, das dauert bis zu einer Minute …",diagnose_tells:"Was gefunden wurde, wird deinem Versorger gemeldet und ist dort ein Fall, bis alles wieder gut ist.",helps:"Was hilft: {what}",repair:"Reparieren",repair_sure:"{device}: {what}",repair_yes:"Ja, reparieren",repairing:"Reparatur läuft …",details:"Geräteseite",cases:"Fälle und Termine",cases_about:"Worum sich dein Versorger kümmert, und wann jemand kommt",cases_none:"Beim Versorger ist kein Fall offen.",appointment:"Termin: {when}",case_open:"Jemand kümmert sich darum",case_scheduled:"Ein Termin ist vereinbart",installer:"Installation",step_commission:"1. In Betrieb nehmen",commission_hint:"Es öffnen sich die Dialoge von Home Assistant. Mit „Zurück“ auf dem Telefon oder im Browser kommst du wieder hierher.",new_gateway:"Gateway in Betrieb nehmen",new_device:"Gerät oder Fahrzeug hinzufügen",step_survey:"2. Abdeckung messen",survey_hint:"Trage das Gerät, oder etwas, das ebenso empfängt, und miss, wo du stehst.",survey_none:"Noch ist kein Gerät an einem Gateway. Füge zuerst eines hinzu.",survey_device:"Gerät",survey_place:"Wo bist du?",survey_signal:"Signal dessen, was du trägst",survey_way:"Keines: nur der Weg zum Gateway",measure:"Hier messen",measuring:"Es wird gemessen, bleib, wo du bist …",place_needed:"sag zuerst, wo du bist.",survey_empty:"Noch ist nichts gemessen.",quality_good:"Gut",quality_marginal:"Grenzwertig",quality_too_weak:"Zu schwach",quality_way:"Kein Signal: Nichts, was eines meldet, wurde mitgetragen. Gemessen wurde nur der Weg zum Gateway.",answers_in:"antwortet in {time}",lost:"{share} verloren",tell_utility:"Dem Versorger melden",told_utility:"Dein Versorger weiß davon: Fall {case}.",step_diagnose:"3. Diagnostizieren",repaired:"Repariert: Es fehlt nichts mehr.",not_repaired:"Noch nicht repariert: {why}",step_handover:"4. Übergeben",handover_hint:"Was eingebaut ist und wie es jetzt darum steht, zum Zeigen, Teilen und Aufheben als PDF.",handover_gateway:"Gateway",handover_name:"Dein Name (wenn du magst)",handover_notes:"Notizen",handover_make:"Bericht erstellen",handover_making:"Alles wird angesehen …",share:"Teilen (PDF)",download:"Herunterladen (PDF)",subject:"Gateway, Gerät oder Fahrzeug"}});var Ke,$t=p(()=>{"use strict";Ke={home:"Home",devices:"Devices",strategy:"Power, cost, prices, load control, vehicles and health of your home",no_gateway:"There is no meter yet.",add_gateway:"Add your meter",power:"Power now",power_about:"What the home takes from the grid or gives to it, as a gauge",power_none:"Your meter tells no power just now.",power_in:"{power} from the grid",power_out:"{power} to the grid",power_neither:"Nothing is taken or given",take:"from the grid",give:"to the grid",today:"Today",today_about:"Energy and cost since midnight",from_grid:"From the grid",to_grid:"To the grid",cost:"Cost",cost_none:"no price known",today_none:"Counting starts with the next five minutes.",today_failed:"The statistics could not be read: {why}",today_no_energy:"Your meter tells no energy.",by_hour:"From the grid by hour; most between {from} and {to}: {energy}",price:"Price, next 24 hours",price_about:"Prices, load control and charging plans of the next 24 hours",price_none:"Nobody tells a price yet. A meter with a tariff does, or a utility with OpenADR.",price_away:"The price is not known just now.",add_utility:"Set up your utility",price_now:"Now {price}",price_bar:"{from} to {to}: {price}",price_until:"Until {to}: {price}",price_tier:"{bar} (tier {tier})",price_keys:"Arrow keys go from price to price",band_control:"{device}: load control, {from} to {to}",band_charging:"{device}: charging, {from} to {to}",control:"Load control",control_about:"What the utility asks of your devices, until when, and the way out of it",control_none:"Nothing is asked of your home now.",control_next:"{device}: next {when}",control_until:"until {when}",control_mandatory:"An emergency: nobody can opt out of it.",control_out:"Opted out",no_devices:"No device takes part in load control yet.",add_device:"Add a device",opt_out:"Opt out now",opt_out_sure:"{device} leaves this load control, and your utility is told.",opt_out_yes:"Yes, opt out",opt_in:"Take part again",no:"No",busy:"One moment …",failed:"That did not work: {why}",not_allowed:"only administrators may do that, unless the options of the hub allow others.",vehicle:"Vehicle",vehicle_about:"Plug, charging, cost, the month's bill and the next departure",no_vehicle:"No vehicle is bound yet.",add_vehicle:"Add a vehicle",plugged:"Plugged in",charging:"Charging",unplugged:"Not plugged in",plug_unknown:"Its plug is not known",session_now:"This session",session_last:"Last session",session_none:"None yet",month:"This month",month_none:"Nothing charged yet",measured:"{energy} measured",billed:"{energy} billed, {amount}",agrees:"Bill and meter agree.",less_billed:"{energy} not billed yet.",more_billed:"{energy} more is billed than was measured.",departure:"Next departure",departure_none:"None planned",plan:"Charging plan",charge_now:"Charge now",statement:"Statement (PDF)",table:"Sessions (CSV)",health:"Health",health_about:"How everything is, why, and what helps",health_ok:"All is well",health_one:"{device} needs attention",health_some:"{count} of {all} need attention",since:"since {when}",diagnose:"Diagnose",diagnosing:"Diagnosing, this takes up to a minute …",diagnose_tells:"What was found is told to your utility, and is a case there until it is well again.",helps:"What helps: {what}",repair:"Repair",repair_sure:"{device}: {what}",repair_yes:"Yes, repair",repairing:"Repairing …",details:"Device page",cases:"Cases and appointments",cases_about:"What your utility is taking care of, and when somebody comes",cases_none:"No case is open at your utility.",appointment:"Appointment: {when}",case_open:"Somebody is taking care of it",case_scheduled:"An appointment is made",installer:"Installer",step_commission:"1. Commission",commission_hint:"Home Assistant’s own dialogs open. Your phone’s or browser’s “back” leads here again.",new_gateway:"Commission a gateway",new_device:"Add a device or vehicle",step_survey:"2. Survey",survey_hint:"Carry the device, or something that receives like it, and measure where you stand.",survey_none:"No device is on a gateway yet. Add one first.",survey_device:"Device",survey_place:"Where are you?",survey_signal:"Signal of what you carry",survey_way:"None: only the way to the gateway",measure:"Measure here",measuring:"Measuring, stay where you are …",place_needed:"say where you are first.",survey_empty:"Nothing is measured yet.",quality_good:"Good",quality_marginal:"Marginal",quality_too_weak:"Too weak",quality_way:"No signal: nothing that tells one was carried. Only the way to the gateway was measured.",answers_in:"answers in {time}",lost:"{share} lost",tell_utility:"Tell the utility",told_utility:"Your utility knows of it: case {case}.",step_diagnose:"3. Diagnose",repaired:"Repaired: nothing is wrong any more.",not_repaired:"Not repaired yet: {why}",step_handover:"4. Hand over",handover_hint:"What is installed and how it is right now, to show, share and keep as a PDF.",handover_gateway:"Gateway",handover_name:"Your name (if you like)",handover_notes:"Notes",handover_make:"Make the report",handover_making:"Looking at everything …",share:"Share (PDF)",download:"Download (PDF)",subject:"Gateway, device or vehicle"}});var xt,St=p(()=>{"use strict";xt={home:"Casa",devices:"Dispositivos",strategy:"Potencia, coste, precios, control de carga, vehículos y estado de tu casa",no_gateway:"Todavía no hay contador.",add_gateway:"Añadir tu contador",power:"Potencia ahora",power_about:"Lo que la casa toma de la red o entrega a ella, como indicador",power_none:"Tu contador no indica potencia en este momento.",power_in:"{power} de la red",power_out:"{power} a la red",power_neither:"No se toma ni se entrega nada",take:"de la red",give:"a la red",today:"Hoy",today_about:"Energía y coste desde medianoche",from_grid:"De la red",to_grid:"A la red",cost:"Coste",cost_none:"precio desconocido",today_none:"Se cuenta a partir de los próximos cinco minutos.",today_failed:"No se pudieron leer las estadísticas: {why}",today_no_energy:"Tu contador no indica energía.",by_hour:"De la red por horas; lo máximo de {from} a {to}: {energy}",price:"Precio, próximas 24 horas",price_about:"Precios, control de carga y planes de carga de las próximas 24 horas",price_none:"Nadie indica todavía un precio. Lo hace un contador con tarifa o una compañía con OpenADR.",price_away:"El precio no se conoce en este momento.",add_utility:"Configurar tu compañía",price_now:"Ahora {price}",price_bar:"{from} a {to}: {price}",price_until:"Hasta las {to}: {price}",price_tier:"{bar} (tramo {tier})",price_keys:"Las flechas del teclado van de precio en precio",band_control:"{device}: control de carga, {from} a {to}",band_charging:"{device}: carga, {from} a {to}",control:"Control de carga",control_about:"Lo que la compañía pide a tus dispositivos, hasta cuándo, y cómo renunciar",control_none:"Ahora no se pide nada a tu casa.",control_next:"{device}: próximo {when}",control_until:"hasta {when}",control_mandatory:"Una emergencia: nadie puede renunciar.",control_out:"Renunciado",no_devices:"Todavía ningún dispositivo participa en el control de carga.",add_device:"Añadir un dispositivo",opt_out:"Renunciar ahora",opt_out_sure:"{device} renuncia a este control de carga, y se avisa a tu compañía.",opt_out_yes:"Sí, renunciar",opt_in:"Volver a participar",no:"No",busy:"Un momento…",failed:"No ha funcionado: {why}",not_allowed:"solo pueden los administradores, salvo que las opciones del hub se lo permitan a otros.",vehicle:"Vehículo",vehicle_about:"Enchufe, carga, coste, factura del mes y próxima salida",no_vehicle:"Todavía no hay ningún vehículo vinculado.",add_vehicle:"Añadir un vehículo",plugged:"Enchufado",charging:"Cargando",unplugged:"Sin enchufar",plug_unknown:"No se sabe si está enchufado",session_now:"Esta sesión",session_last:"Última sesión",session_none:"Ninguna todavía",month:"Este mes",month_none:"Aún no se ha cargado nada",measured:"{energy} medidos",billed:"{energy} facturados, {amount}",agrees:"La factura y el contador coinciden.",less_billed:"{energy} aún sin facturar.",more_billed:"Se facturan {energy} más de lo medido.",departure:"Próxima salida",departure_none:"Ninguna prevista",plan:"Plan de carga",charge_now:"Cargar ahora",statement:"Extracto (PDF)",table:"Sesiones (CSV)",health:"Salud",health_about:"Cómo está todo, por qué, y qué ayuda",health_ok:"Todo va bien",health_one:"{device} necesita atención",health_some:"{count} de {all} necesitan atención",since:"desde {when}",diagnose:"Diagnosticar",diagnosing:"Diagnosticando, tarda hasta un minuto…",diagnose_tells:"Lo que se encuentra se comunica a tu compañía y es allí un caso hasta que vuelva a funcionar.",helps:"Lo que ayuda: {what}",repair:"Reparar",repair_sure:"{device}: {what}",repair_yes:"Sí, reparar",repairing:"Reparando…",details:"Página del dispositivo",cases:"Casos y citas",cases_about:"De qué se ocupa tu compañía y cuándo viene alguien",cases_none:"No hay ningún caso abierto en tu compañía.",appointment:"Cita: {when}",case_open:"Alguien se ocupa de ello",case_scheduled:"Hay una cita acordada",installer:"Instalación",step_commission:"1. Poner en marcha",commission_hint:"Se abren los diálogos de Home Assistant. Con «atrás» en el teléfono o el navegador vuelves aquí.",new_gateway:"Poner en marcha un gateway",new_device:"Añadir un dispositivo o vehículo",step_survey:"2. Medir la cobertura",survey_hint:"Lleva el dispositivo, o algo que reciba igual, y mide donde estés.",survey_none:"Aún no hay ningún dispositivo en un gateway. Añade uno primero.",survey_device:"Dispositivo",survey_place:"¿Dónde estás?",survey_signal:"Señal de lo que llevas",survey_way:"Ninguna: solo el camino al gateway",measure:"Medir aquí",measuring:"Midiendo, quédate donde estás …",place_needed:"di primero dónde estás.",survey_empty:"Aún no se ha medido nada.",quality_good:"Buena",quality_marginal:"Justa",quality_too_weak:"Demasiado débil",quality_way:"Sin señal: no se llevó nada que la indique. Solo se midió el camino al gateway.",answers_in:"responde en {time}",lost:"{share} perdido",tell_utility:"Informar a la compañía",told_utility:"Tu compañía lo sabe: caso {case}.",step_diagnose:"3. Diagnosticar",repaired:"Reparado: ya nada va mal.",not_repaired:"Aún no reparado: {why}",step_handover:"4. Entregar",handover_hint:"Qué está instalado y cómo está ahora mismo, para mostrarlo, compartirlo y guardarlo en PDF.",handover_gateway:"Gateway",handover_name:"Tu nombre (si quieres)",handover_notes:"Notas",handover_make:"Hacer el informe",handover_making:"Mirándolo todo …",share:"Compartir (PDF)",download:"Descargar (PDF)",subject:"Pasarela, dispositivo o vehículo"}});var kt,At=p(()=>{"use strict";kt={home:"Maison",devices:"Appareils",strategy:"Puissance, coût, prix, commande de charge, véhicules et état de votre logement",no_gateway:"Il n’y a pas encore de compteur.",add_gateway:"Ajouter votre compteur",power:"Puissance actuelle",power_about:"Ce que le logement prend au réseau ou lui donne, sous forme de jauge",power_none:"Votre compteur n’indique pas de puissance pour l’instant.",power_in:"{power} depuis le réseau",power_out:"{power} vers le réseau",power_neither:"Rien n’est pris ni donné",take:"depuis le réseau",give:"vers le réseau",today:"Aujourd’hui",today_about:"Énergie et coût depuis minuit",from_grid:"Depuis le réseau",to_grid:"Vers le réseau",cost:"Coût",cost_none:"prix inconnu",today_none:"Le comptage commence avec les cinq prochaines minutes.",today_failed:"Les statistiques n’ont pas pu être lues : {why}",today_no_energy:"Votre compteur n’indique pas d’énergie.",by_hour:"Depuis le réseau par heure ; le plus de {from} à {to} : {energy}",price:"Prix, 24 prochaines heures",price_about:"Prix, commande de charge et plans de recharge des 24 prochaines heures",price_none:"Personne n’indique encore de prix. Un compteur avec un tarif le fait, ou un fournisseur avec OpenADR.",price_away:"Le prix n’est pas connu pour l’instant.",add_utility:"Configurer votre fournisseur",price_now:"Maintenant {price}",price_bar:"{from} à {to} : {price}",price_until:"Jusqu’à {to} : {price}",price_tier:"{bar} (palier {tier})",price_keys:"Les flèches vont d’un prix à l’autre",band_control:"{device} : commande de charge, {from} à {to}",band_charging:"{device} : recharge, {from} à {to}",control:"Commande de charge",control_about:"Ce que le fournisseur demande à vos appareils, jusqu’à quand, et comment la refuser",control_none:"Rien n’est demandé à votre logement pour l’instant.",control_next:"{device} : prochain {when}",control_until:"jusqu’à {when}",control_mandatory:"Une urgence : personne ne peut la refuser.",control_out:"Refusée",no_devices:"Aucun appareil ne participe encore à la commande de charge.",add_device:"Ajouter un appareil",opt_out:"Refuser maintenant",opt_out_sure:"{device} refuse cette commande de charge, et votre fournisseur en est informé.",opt_out_yes:"Oui, refuser",opt_in:"Participer de nouveau",no:"Non",busy:"Un instant…",failed:"Cela n’a pas marché : {why}",not_allowed:"seuls les administrateurs le peuvent, sauf si les options du hub l’autorisent à d’autres.",vehicle:"Véhicule",vehicle_about:"Prise, recharge, coût, facture du mois et prochain départ",no_vehicle:"Aucun véhicule n’est encore lié.",add_vehicle:"Ajouter un véhicule",plugged:"Branché",charging:"En charge",unplugged:"Débranché",plug_unknown:"On ne sait pas s’il est branché",session_now:"Cette session",session_last:"Dernière session",session_none:"Aucune encore",month:"Ce mois-ci",month_none:"Rien n’a encore été chargé",measured:"{energy} mesurés",billed:"{energy} facturés, {amount}",agrees:"Facture et compteur concordent.",less_billed:"{energy} pas encore facturés.",more_billed:"{energy} facturés de plus que mesurés.",departure:"Prochain départ",departure_none:"Aucun prévu",plan:"Plan de recharge",charge_now:"Recharger maintenant",statement:"Relevé (PDF)",table:"Sessions (CSV)",health:"Santé",health_about:"Comment tout se porte, pourquoi, et ce qui aide",health_ok:"Tout va bien",health_one:"{device} demande de l’attention",health_some:"{count} sur {all} demandent de l’attention",since:"depuis {when}",diagnose:"Diagnostiquer",diagnosing:"Diagnostic en cours, jusqu’à une minute…",diagnose_tells:"Ce qui est trouvé est signalé à votre fournisseur, et y est un dossier jusqu’à ce que tout aille bien.",helps:"Ce qui aide : {what}",repair:"Réparer",repair_sure:"{device} : {what}",repair_yes:"Oui, réparer",repairing:"Réparation en cours…",details:"Page de l’appareil",cases:"Dossiers et rendez-vous",cases_about:"Ce dont votre fournisseur s’occupe, et quand quelqu’un vient",cases_none:"Aucun dossier n’est ouvert chez votre fournisseur.",appointment:"Rendez-vous : {when}",case_open:"Quelqu’un s’en occupe",case_scheduled:"Un rendez-vous est pris",installer:"Installation",step_commission:"1. Mettre en service",commission_hint:"Les dialogues de Home Assistant s’ouvrent. Le retour du téléphone ou du navigateur ramène ici.",new_gateway:"Mettre une passerelle en service",new_device:"Ajouter un appareil ou un véhicule",step_survey:"2. Étudier la couverture",survey_hint:"Portez l’appareil, ou quelque chose qui reçoit comme lui, et mesurez là où vous êtes.",survey_none:"Aucun appareil n’est encore sur une passerelle. Ajoutez-en un d’abord.",survey_device:"Appareil",survey_place:"Où êtes-vous ?",survey_signal:"Signal de ce que vous portez",survey_way:"Aucun : seulement le chemin vers la passerelle",measure:"Mesurer ici",measuring:"Mesure en cours, restez où vous êtes …",place_needed:"dites d’abord où vous êtes.",survey_empty:"Rien n’est encore mesuré.",quality_good:"Bonne",quality_marginal:"Limite",quality_too_weak:"Trop faible",quality_way:"Pas de signal : rien de ce qui en indique un n’a été porté. Seul le chemin vers la passerelle a été mesuré.",answers_in:"répond en {time}",lost:"{share} perdus",tell_utility:"Informer le fournisseur",told_utility:"Votre fournisseur est au courant : dossier {case}.",step_diagnose:"3. Diagnostiquer",repaired:"Réparé : plus rien ne va mal.",not_repaired:"Pas encore réparé : {why}",step_handover:"4. Remettre",handover_hint:"Ce qui est installé et son état actuel, à montrer, à partager et à garder en PDF.",handover_gateway:"Passerelle",handover_name:"Votre nom (facultatif)",handover_notes:"Remarques",handover_make:"Établir le rapport",handover_making:"Tout est examiné …",share:"Partager (PDF)",download:"Télécharger (PDF)",subject:"Passerelle, appareil ou véhicule"}});var Et,O,ie=p(()=>{"use strict";wt();$t();St();At();Et={en:Ke,de:bt,es:xt,fr:kt},O=(i,e,t={})=>(Et[i]??Et[i.split("-")[0]??""]??Ke)[e].replace(/\{(\w+)\}/g,(n,r)=>String(t[r]??n))});var js,Tt,Rt,Ct,Ye=p(()=>{"use strict";ie();js=["health","control","power","today","price","vehicle","cases"],Tt=["commission","survey","diagnose","handover"],Rt=i=>`custom:utility-han-${i}-card`,Ct=()=>{let i=e=>O(document.documentElement.lang||navigator.language,e);window.customStrategies=window.customStrategies??[],window.customStrategies.push({type:"utility-han",strategyType:"dashboard",name:"Utility HAN",description:i("strategy")}),window.customCards=window.customCards??[];for(let e of js)window.customCards.push({type:`utility-han-${e}-card`,name:`Utility HAN: ${i(e)}`,description:i(`${e}_about`),preview:!0})}});var be,we,Ze,Pt,re,Dt,y,Nt,Je,Qe=p(()=>{/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */be=globalThis,we=be.ShadowRoot&&(be.ShadyCSS===void 0||be.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Ze=Symbol(),Pt=new WeakMap,re=class{constructor(e,t,s){if(this._$cssResult$=!0,s!==Ze)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(we&&e===void 0){let s=t!==void 0&&t.length===1;s&&(e=Pt.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),s&&Pt.set(t,e))}return e}toString(){return this.cssText}},Dt=i=>new re(typeof i=="string"?i:i+"",void 0,Ze),y=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((s,n,r)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+i[r+1],i[0]);return new re(t,i,Ze)},Nt=(i,e)=>{if(we)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let s=document.createElement("style"),n=be.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=t.cssText,i.appendChild(s)}},Je=we?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let s of e.cssRules)t+=s.cssText;return Dt(t)})(i):i});var Hs,zs,Ls,Is,Us,Ws,$e,Mt,Fs,Bs,oe,Xe,qt,Ot,q,xe=p(()=>{Qe();Qe();/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */({is:Hs,defineProperty:zs,getOwnPropertyDescriptor:Ls,getOwnPropertyNames:Is,getOwnPropertySymbols:Us,getPrototypeOf:Ws}=Object),$e=globalThis,Mt=$e.trustedTypes,Fs=Mt?Mt.emptyScript:"",Bs=$e.reactiveElementPolyfillSupport,oe=(i,e)=>i,Xe={toAttribute(i,e){switch(e){case Boolean:i=i?Fs:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},qt=(i,e)=>!Hs(i,e),Ot={attribute:!0,type:String,converter:Xe,reflect:!1,useDefault:!1,hasChanged:qt};Symbol.metadata??=Symbol("metadata"),$e.litPropertyMetadata??=new WeakMap;q=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Ot){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(e,s,t);n!==void 0&&zs(this.prototype,e,n)}}static getPropertyDescriptor(e,t,s){let{get:n,set:r}=Ls(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:n,set(o){let c=n?.call(this);r?.call(this,o),this.requestUpdate(e,c,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Ot}static _$Ei(){if(this.hasOwnProperty(oe("elementProperties")))return;let e=Ws(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(oe("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(oe("properties"))){let t=this.properties,s=[...Is(t),...Us(t)];for(let n of s)this.createProperty(n,t[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[s,n]of t)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[t,s]of this.elementProperties){let n=this._$Eu(t,s);n!==void 0&&this._$Eh.set(n,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let s=new Set(e.flat(1/0).reverse());for(let n of s)t.unshift(Je(n))}else e!==void 0&&t.push(Je(e));return t}static _$Eu(e,t){let s=t.attribute;return s===!1?void 0:typeof s=="string"?s:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let s of t.keys())this.hasOwnProperty(s)&&(e.set(s,this[s]),delete this[s]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Nt(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,s){this._$AK(e,s)}_$ET(e,t){let s=this.constructor.elementProperties.get(e),n=this.constructor._$Eu(e,s);if(n!==void 0&&s.reflect===!0){let r=(s.converter?.toAttribute!==void 0?s.converter:Xe).toAttribute(t,s.type);this._$Em=e,r==null?this.removeAttribute(n):this.setAttribute(n,r),this._$Em=null}}_$AK(e,t){let s=this.constructor,n=s._$Eh.get(e);if(n!==void 0&&this._$Em!==n){let r=s.getPropertyOptions(n),o=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:Xe;this._$Em=n;let c=o.fromAttribute(t,r.type);this[n]=c??this._$Ej?.get(n)??c,this._$Em=null}}requestUpdate(e,t,s,n=!1,r){if(e!==void 0){let o=this.constructor;if(n===!1&&(r=this[e]),s??=o.getPropertyOptions(e),!((s.hasChanged??qt)(r,t)||s.useDefault&&s.reflect&&r===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,s))))return;this.C(e,t,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:s,reflect:n,wrapped:r},o){s&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),r!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||s||(t=void 0),this._$AL.set(e,t)),n===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,r]of this._$Ep)this[n]=r;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,r]of s){let{wrapped:o}=r,c=this[n];o!==!0||this._$AL.has(n)||c===void 0||this.C(n,void 0,r,c)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(t)):this._$EM()}catch(s){throw e=!1,this._$EM(),s}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};q.elementStyles=[],q.shadowRootOptions={mode:"open"},q[oe("elementProperties")]=new Map,q[oe("finalized")]=new Map,Bs?.({ReactiveElement:q}),($e.reactiveElementVersions??=[]).push("2.1.2")});function Gt(i,e){if(!at(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ht!==void 0?Ht.createHTML(e):e}function Q(i,e,t=i,s){if(e===G)return e;let n=s!==void 0?t._$Co?.[s]:t._$Cl,r=ce(e)?void 0:e._$litDirective$;return n?.constructor!==r&&(n?._$AO?.(!1),r===void 0?n=void 0:(n=new r(i),n._$AT(i,t,s)),s!==void 0?(t._$Co??=[])[s]=n:t._$Cl=n),n!==void 0&&(e=Q(i,n._$AS(i,e.values),n,s)),e}var ot,jt,Se,Ht,Ft,I,Bt,Vs,V,de,ce,at,Gs,et,ae,zt,Lt,F,It,Ut,Vt,dt,a,he,ni,G,w,Wt,B,Ks,le,tt,ue,X,st,nt,it,rt,Ys,Kt,ke=p(()=>{/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */ot=globalThis,jt=i=>i,Se=ot.trustedTypes,Ht=Se?Se.createPolicy("lit-html",{createHTML:i=>i}):void 0,Ft="$lit$",I=`lit$${Math.random().toFixed(9).slice(2)}$`,Bt="?"+I,Vs=`<${Bt}>`,V=document,de=()=>V.createComment(""),ce=i=>i===null||typeof i!="object"&&typeof i!="function",at=Array.isArray,Gs=i=>at(i)||typeof i?.[Symbol.iterator]=="function",et=`[ 	
\f\r]`,ae=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,zt=/-->/g,Lt=/>/g,F=RegExp(`>|${et}(?:([^\\s"'>=/]+)(${et}*=${et}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),It=/'/g,Ut=/"/g,Vt=/^(?:script|style|textarea|title)$/i,dt=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),a=dt(1),he=dt(2),ni=dt(3),G=Symbol.for("lit-noChange"),w=Symbol.for("lit-nothing"),Wt=new WeakMap,B=V.createTreeWalker(V,129);Ks=(i,e)=>{let t=i.length-1,s=[],n,r=e===2?"<svg>":e===3?"<math>":"",o=ae;for(let c=0;c<t;c++){let l=i[c],d,u,h=-1,m=0;for(;m<l.length&&(o.lastIndex=m,u=o.exec(l),u!==null);)m=o.lastIndex,o===ae?u[1]==="!--"?o=zt:u[1]!==void 0?o=Lt:u[2]!==void 0?(Vt.test(u[2])&&(n=RegExp("</"+u[2],"g")),o=F):u[3]!==void 0&&(o=F):o===F?u[0]===">"?(o=n??ae,h=-1):u[1]===void 0?h=-2:(h=o.lastIndex-u[2].length,d=u[1],o=u[3]===void 0?F:u[3]==='"'?Ut:It):o===Ut||o===It?o=F:o===zt||o===Lt?o=ae:(o=F,n=void 0);let _=o===F&&i[c+1].startsWith("/>")?" ":"";r+=o===ae?l+Vs:h>=0?(s.push(d),l.slice(0,h)+Ft+l.slice(h)+I+_):l+I+(h===-2?c:_)}return[Gt(i,r+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),s]},le=class i{constructor({strings:e,_$litType$:t},s){let n;this.parts=[];let r=0,o=0,c=e.length-1,l=this.parts,[d,u]=Ks(e,t);if(this.el=i.createElement(d,s),B.currentNode=this.el.content,t===2||t===3){let h=this.el.content.firstChild;h.replaceWith(...h.childNodes)}for(;(n=B.nextNode())!==null&&l.length<c;){if(n.nodeType===1){if(n.hasAttributes())for(let h of n.getAttributeNames())if(h.endsWith(Ft)){let m=u[o++],_=n.getAttribute(h).split(I),C=/([.?@])?(.*)/.exec(m);l.push({type:1,index:r,name:C[2],strings:_,ctor:C[1]==="."?st:C[1]==="?"?nt:C[1]==="@"?it:X}),n.removeAttribute(h)}else h.startsWith(I)&&(l.push({type:6,index:r}),n.removeAttribute(h));if(Vt.test(n.tagName)){let h=n.textContent.split(I),m=h.length-1;if(m>0){n.textContent=Se?Se.emptyScript:"";for(let _=0;_<m;_++)n.append(h[_],de()),B.nextNode(),l.push({type:2,index:++r});n.append(h[m],de())}}}else if(n.nodeType===8)if(n.data===Bt)l.push({type:2,index:r});else{let h=-1;for(;(h=n.data.indexOf(I,h+1))!==-1;)l.push({type:7,index:r}),h+=I.length-1}r++}}static createElement(e,t){let s=V.createElement("template");return s.innerHTML=e,s}};tt=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:s}=this._$AD,n=(e?.creationScope??V).importNode(t,!0);B.currentNode=n;let r=B.nextNode(),o=0,c=0,l=s[0];for(;l!==void 0;){if(o===l.index){let d;l.type===2?d=new ue(r,r.nextSibling,this,e):l.type===1?d=new l.ctor(r,l.name,l.strings,this,e):l.type===6&&(d=new rt(r,this,e)),this._$AV.push(d),l=s[++c]}o!==l?.index&&(r=B.nextNode(),o++)}return B.currentNode=V,n}p(e){let t=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(e,s,t),t+=s.strings.length-2):s._$AI(e[t])),t++}},ue=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,s,n){this.type=2,this._$AH=w,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=Q(this,e,t),ce(e)?e===w||e==null||e===""?(this._$AH!==w&&this._$AR(),this._$AH=w):e!==this._$AH&&e!==G&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Gs(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==w&&ce(this._$AH)?this._$AA.nextSibling.data=e:this.T(V.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:s}=e,n=typeof s=="number"?this._$AC(e):(s.el===void 0&&(s.el=le.createElement(Gt(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(t);else{let r=new tt(n,this),o=r.u(this.options);r.p(t),this.T(o),this._$AH=r}}_$AC(e){let t=Wt.get(e.strings);return t===void 0&&Wt.set(e.strings,t=new le(e)),t}k(e){at(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,s,n=0;for(let r of e)n===t.length?t.push(s=new i(this.O(de()),this.O(de()),this,this.options)):s=t[n],s._$AI(r),n++;n<t.length&&(this._$AR(s&&s._$AB.nextSibling,n),t.length=n)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let s=jt(e).nextSibling;jt(e).remove(),e=s}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},X=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,s,n,r){this.type=1,this._$AH=w,this._$AN=void 0,this.element=e,this.name=t,this._$AM=n,this.options=r,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=w}_$AI(e,t=this,s,n){let r=this.strings,o=!1;if(r===void 0)e=Q(this,e,t,0),o=!ce(e)||e!==this._$AH&&e!==G,o&&(this._$AH=e);else{let c=e,l,d;for(e=r[0],l=0;l<r.length-1;l++)d=Q(this,c[s+l],t,l),d===G&&(d=this._$AH[l]),o||=!ce(d)||d!==this._$AH[l],d===w?e=w:e!==w&&(e+=(d??"")+r[l+1]),this._$AH[l]=d}o&&!n&&this.j(e)}j(e){e===w?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},st=class extends X{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===w?void 0:e}},nt=class extends X{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==w)}},it=class extends X{constructor(e,t,s,n,r){super(e,t,s,n,r),this.type=5}_$AI(e,t=this){if((e=Q(this,e,t,0)??w)===G)return;let s=this._$AH,n=e===w&&s!==w||e.capture!==s.capture||e.once!==s.once||e.passive!==s.passive,r=e!==w&&(s===w||n);n&&this.element.removeEventListener(this.name,this,s),r&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},rt=class{constructor(e,t,s){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(e){Q(this,e)}},Ys=ot.litHtmlPolyfillSupport;Ys?.(le,ue),(ot.litHtmlVersions??=[]).push("3.3.3");Kt=(i,e,t)=>{let s=t?.renderBefore??e,n=s._$litPart$;if(n===void 0){let r=t?.renderBefore??null;s._$litPart$=n=new ue(e.insertBefore(de(),r),r,void 0,t??{})}return n._$AI(i),n}});var ct,N,Zs,Yt=p(()=>{xe();xe();ke();ke();/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */ct=globalThis,N=class extends q{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Kt(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return G}};N._$litElement$=!0,N.finalized=!0,ct.litElementHydrateSupport?.({LitElement:N});Zs=ct.litElementPolyfillSupport;Zs?.({LitElement:N});(ct.litElementVersions??=[]).push("4.2.2")});var Zt=p(()=>{/**
 * @license
 * Copyright 2022 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */});var $=p(()=>{xe();ke();Yt();Zt()});var Ae,ee,Ee,te=p(()=>{"use strict";$();Ae=y`
  display: flex;
  flex-direction: column;
  gap: 8px;
  border-top: 1px solid var(--divider-color);
  padding-top: 12px;
`,ee=y`
  content: "";
  display: inline-block;
  width: 10px;
  height: 10px;
  margin-inline-end: 8px;
  border-radius: 50%;
`,Ee=y`
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
    min-height: var(--utility-han-touch, 40px);
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
`});var Js,Qs,Te,Jt=p(()=>{"use strict";$();te();ie();Js=i=>{if(i instanceof Error)return i.message;let e=i?.message;return typeof e=="string"?e:String(i)},Qs=i=>i?.code==="unauthorized",Te=class extends N{static{this.styles=[Ee,y`
      :host {
        display: block;
        height: auto;
      }
      /* What is asked or told has a line of its own among other buttons. */
      :host([telling]) {
        flex: 1 1 100%;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      button {
        flex: var(--utility-han-flex, 0 1 auto);
      }
      p {
        flex-basis: 100%;
      }
    `]}static{this.properties={hass:{attribute:!1},act:{attribute:!1},label:{},about:{},question:{},yes:{},busy:{},stage:{state:!0},why:{state:!0},said:{state:!0}}}constructor(){super(),this.stage="idle",this.why=this.said=""}render(){return a`<div>
      ${this.stage==="asking"?this.#n():this.#t()}
      <p role="status" ?hidden=${this.stage!=="busy"&&!this.said}>
        ${this.stage==="busy"?this.busy??this.#e("busy"):this.said}
      </p>
      ${this.why?a`<p class="failed" role="alert">${this.#e("failed",{why:this.why})}</p>`:""}
    </div>`}updated(){this.toggleAttribute("telling",this.stage!=="idle"||!!(this.said||this.why))}#e(e,t){return O(this.hass.locale.language,e,t)}#t(){let e=this.about?`${this.label}: ${this.about}`:this.label;return a`<button
      aria-label=${e}
      ?disabled=${this.stage==="busy"}
      @click=${()=>this.question?this.#s():this.#o()}
    >
      ${this.label}
    </button>`}#n(){return a`<p id="question">${this.question}</p>
      <button class="yes" aria-describedby="question" @click=${()=>this.#o()}>${this.yes}</button>
      <button class="no" @click=${()=>this.#r()}>${this.#e("no")}</button>`}async#s(){this.stage="asking",this.why="",await this.#i(".yes")}async#r(){this.stage="idle",await this.#i("button")}async#i(e){await this.updateComplete,this.renderRoot.querySelector(e)?.focus()}async#o(){this.stage="busy",this.why=this.said="";try{let e=await this.act();this.said=typeof e=="string"?e:""}catch(e){this.why=Qs(e)?this.#e("not_allowed"):Js(e)}this.stage="idle"}}});var Xs,es,x,pe,lt,K,j,Re,en,tn,ts,P,Qt,A,Ce,Xt,ss,Pe,ut,M=p(()=>{"use strict";Xs={comma_decimal:["en-US","en"],decimal_comma:["de","es","it"],space_comma:["fr","sv","cs"],quote_decimal:["de-CH"]},es=i=>{let{number_format:e,language:t}=i.locale;return e==="system"?void 0:Xs[e]??t},x=(i,e,t,s=t)=>new Intl.NumberFormat(es(i),{minimumFractionDigits:s,maximumFractionDigits:t,useGrouping:i.locale.number_format!=="none"}).format(e),pe=(i,e,t)=>{try{return new Intl.NumberFormat(es(i),{style:"currency",currency:t}).format(e)}catch{return`${x(i,e,2)} ${t}`}},lt=(i,e,t)=>`${x(i,e,4,2)} ${t}`,K=(i,e)=>Math.abs(e)<1e3?`${x(i,e,0)} W`:`${x(i,e/1e3,2,1)} kW`,j=(i,e)=>`${x(i,e,2)} kWh`,Re=i=>i.locale.time_zone==="server"?i.config.time_zone:Intl.DateTimeFormat().resolvedOptions().timeZone,en=i=>({12:{hour12:!0},24:{hourCycle:"h23"}})[i.locale.time_format]??{},tn=i=>i.locale.time_format==="system"?void 0:i.locale.language,ts=(i,e,t,s)=>new Intl.DateTimeFormat(tn(i),{timeZone:t,...en(i),...s}).format(e),P=(i,e,t=Re(i))=>ts(i,e,t,{hour:"numeric",minute:"2-digit"}),Qt=(i,e,t)=>ts(i,e,t,{weekday:"short",day:"numeric",month:"short"}),A=(i,e,t,s=Re(i))=>{let n=Qt(i,e,s),r=P(i,e,s);return n===Qt(i,t,s)?r:`${n}, ${r}`},Ce=(i,e)=>{let t=new Intl.DateTimeFormat("en-US",{timeZone:e,hourCycle:"h23",year:"numeric",month:"numeric",day:"numeric",hour:"numeric",minute:"numeric",second:"numeric"}).formatToParts(i);return["year","month","day","hour","minute","second"].map(s=>Number(t.find(n=>n.type===s)?.value))},Xt=(i,e)=>{let[t=0,s=1,n=1,r=0,o=0,c=0]=Ce(i,e);return Date.UTC(t,s-1,n,r,o,c)-Math.floor(i.getTime()/1e3)*1e3},ss=(i,e)=>{let[t=0,s=1,n=1]=Ce(i,e),r=Date.UTC(t,s-1,n),o=new Date(r-Xt(i,e));return new Date(r-Xt(o,e))},Pe=(i,e)=>Ce(i,e)[3]??0,ut=(i,e)=>{let[t=0,s=1]=Ce(i,e);return`${t}-${String(s).padStart(2,"0")}`}});var S,me,ns,U=p(()=>{"use strict";S="utility_han",me=`/config/integrations/integration/${S}`,ns=`/config/integrations/dashboard/add?domain=${S}`});var sn,nn,rn,is,on,De,ge,an,g,Y,Z,T,fe,Ne,H,v,W,R=p(()=>{"use strict";U();sn=new Set(["requested","granted","active"]),nn=["binding","session_energy"],rn=["registration_state","active_event"],is={gateway:0,device:1,vehicle:2},on=i=>nn.some(e=>e in i)?"vehicle":rn.some(e=>e in i)?"device":"gateway",ge=i=>((De?.entities!==i.entities||De.devices!==i.devices)&&(De={entities:i.entities,devices:i.devices,subjects:an(i)}),De.subjects),an=i=>{let e=new Map;for(let s of Object.values(i.entities)){if(s?.platform!==S||s.hidden||!s.device_id)continue;let n=i.devices[s.device_id];if(!n)continue;let r=e.get(n.id)??{device:n,name:n.name_by_user??n.name??"",kind:"gateway",entities:{},all:[]};e.set(n.id,r),r.all.push(s.entity_id),s.translation_key&&(r.entities[s.translation_key]=s.entity_id)}let t=[...e.values()];for(let s of t)s.kind=on(s.entities);return t.sort((s,n)=>is[s.kind]-is[n.kind]||s.name.localeCompare(n.name))},g=(i,e,t)=>{let s=e.entities[t];return s===void 0?void 0:i.states[s]},Y=(i,e,...t)=>t.map(s=>g(i,e,s)).find(s=>s&&T(s)),Z=(i,...e)=>e.map(t=>i.entities[t]).find(t=>t!==void 0),T=i=>i!==void 0&&i.state!=="unknown"&&i.state!=="unavailable",fe=i=>i!==void 0&&i.state!=="unavailable",Ne=i=>sn.has(i?.attributes.reservation),H=i=>{let e=T(i)&&i.state.trim()!==""?Number(i.state):NaN;return Number.isFinite(e)?e:void 0},v=i=>{let e=typeof i=="string"&&i.includes("-")?new Date(i):void 0;return e&&!Number.isNaN(e.getTime())?e:void 0},W=i=>{let e=i?.attributes.unit_of_measurement;return typeof e=="string"?e:""}});var dn,f,z=p(()=>{"use strict";$();U();R();te();ie();dn=3e4,f=class extends N{static{this.styles=[Ee]}static{this.properties={hass:{attribute:!1},config:{state:!0},now:{state:!0}}}#e;constructor(){super(),this.now=new Date}setConfig(e){this.config=e}static getStubConfig(){return{}}static getConfigForm(){return{schema:[{name:"device_id",selector:{device:{integration:S}}}],computeLabel:()=>O(document.documentElement.lang,"subject")}}getCardSize(){return 3}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}connectedCallback(){super.connectedCallback(),this.#e=setInterval(()=>this.now=new Date,dn)}disconnectedCallback(){clearInterval(this.#e),super.disconnectedCallback()}shouldUpdate(e){if(!e.has("hass")||e.size>1)return!0;let t=e.get("hass");return!t||t.entities!==this.hass.entities||t.devices!==this.hass.devices||t.locale!==this.hass.locale||t.formatEntityState!==this.hass.formatEntityState?!0:this.everything().some(({all:s})=>s.some(n=>t.states[n]!==this.hass.states[n]))}everything(){return ge(this.hass)}about(...e){return ge(this.hass).filter(({kind:t})=>e.length===0||e.includes(t)).filter(({device:t})=>!this.config.device_id||t.id===this.config.device_id)}say(e,t){return O(this.hass.locale.language,e,t)}render(){return a`<ha-card>${this.content()}</ha-card>`}heading(e){return a`<h2>${e}</h2>`}missing(e,t,s){return a`${this.heading(this.say(e))}
      <p class="quiet">${this.say(t)}</p>
      ${s&&this.hass.user?.is_admin?a`<div class="buttons"><a class="button" href=${me}>${this.say(s)}</a></div>`:""}`}more(e){this.dispatchEvent(new CustomEvent("hass-more-info",{detail:{entityId:e},bubbles:!0,composed:!0}))}}});var Me,rs=p(()=>{"use strict";$();M();R();z();Me=class extends f{content(){let e=this.about("gateway");if(e.length===0)return this.missing("cases","no_gateway","add_gateway");let t=e.flatMap(n=>{let r=g(this.hass,n,"open_cases")?.attributes.cases;return Array.isArray(r)?r:[]});if(t.length===0)return this.missing("cases","cases_none");let s=n=>v(n.appointment)?.getTime()??1/0;return a`${this.heading(this.say("cases"))}
      <ul class="list">
        ${t.sort((n,r)=>s(n)-s(r)||0).map(n=>this.#e(n))}
      </ul>`}getCardSize(){return 2}#e({device:e,status:t,summary:s,note:n,appointment:r,appointment_end:o}){let[c,l]=[v(r),v(o)],d=this.hass.config.time_zone,u=c&&A(this.hass,c,this.now,d),h=u&&l?`${u} – ${P(this.hass,l,d)}`:u;return a`<li>
      <strong>${e}</strong>
      <p>${[s.replace(`${e}: `,""),n].filter(Boolean).join(" — ")}</p>
      <p class="quiet">
        ${h?this.say("appointment",{when:h}):this.say(t==="scheduled"?"case_scheduled":"case_open")}
      </p>
    </li>`}}});var D,ye=p(()=>{"use strict";$();te();z();D=class extends f{static{this.styles=[...f.styles,y`
      :host {
        --utility-han-touch: 56px;
        --utility-han-flex: 1 1 100%;
      }
      .stack {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      .stack > * {
        width: 100%;
      }
      .chosen {
        background: color-mix(in srgb, var(--primary-color) 40%, transparent);
        border-width: 2px;
      }
      a.button {
        display: flex;
        align-items: center;
        justify-content: center;
        text-align: center;
      }
      fieldset {
        border: none;
        margin: 0;
        padding: 0;
        min-width: 0;
      }
      legend,
      label {
        display: block;
        padding: 0;
        margin-bottom: 8px;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      input,
      select,
      textarea {
        box-sizing: border-box;
        width: 100%;
        min-height: 56px;
        padding: 12px;
        border: 1px solid var(--secondary-text-color);
        border-radius: 8px;
        background: var(--card-background-color);
        color: var(--primary-text-color);
        font: inherit;
      }
      textarea {
        min-height: 88px;
        resize: vertical;
      }
      li {
        ${Ae}
      }
      .mark {
        /* What is longer than a line goes on below the text, not below the dot. */
        padding-inline-start: 18px;
        text-indent: -18px;
      }
      .mark::before {
        ${ee}
        background: var(--mark);
      }
    `]}#e;connectedCallback(){super.connectedCallback(),this.#e=this.kept?.follow(()=>this.requestUpdate())}disconnectedCallback(){this.#e?.(),super.disconnectedCallback()}}});var Oe,os=p(()=>{"use strict";$();U();R();ye();Oe=class extends D{content(){return a`${this.heading(this.say("step_commission"))}
      <ul class="list">
        ${this.about("gateway").map(e=>this.#e(e))}
      </ul>
      <div class="stack"><a class="button" href=${ns}>${this.say("new_gateway")}</a></div>
      <p class="quiet">${this.say("commission_hint")}</p>`}#e(e){let{name:t,device:s}=e,n=s.primary_config_entry,r=n?`${me}#config_entry=${n}`:me,o=this.about("device","vehicle").filter(({device:{primary_config_entry:c}})=>c===n);return a`<li>
      ${[e,...o].map(c=>this.#t(c))}
      <div class="stack">
        <a class="button" href=${r} aria-label="${this.say("new_device")}: ${t}">${this.say("new_device")}</a>
      </div>
    </li>`}#t(e){let t=Y(this.hass,e,"registration_state","binding","commissioning_state");return a`<div class="line">
      <a href="/config/devices/device/${e.device.id}">${e.name}</a>
      <span class="quiet">${t?this.hass.formatEntityState(t):""}</span>
    </div>`}}});var ht,as,ds,cn,cs,ls=p(()=>{"use strict";M();ht=(i,e)=>`${x(i,e,0)} %`,as=(i,e)=>{let t=i.config.unit_system.temperature;return`${x(i,t==="°F"?e*1.8:e,1,0)} ${t}`},ds=(i,e)=>{let t=i.config.unit_system.temperature;return`${x(i,t==="°F"?e*1.8+32:e,1,0)} ${t}`},cn={duty_cycle:ht,target_reduction:K,load_adjustment:ht,cooling_offset:as,heating_offset:as,cooling_setpoint:ds,heating_setpoint:ds,charge_state:ht,charge_energy:(i,e)=>`${x(i,e,1,0)} kWh`,level:(i,e)=>x(i,e,0),level_offset:(i,e)=>x(i,e,0)},cs=(i,e)=>{let t=e??{};for(let[s,n]of Object.entries(cn)){let r=t[s];if(typeof r=="number")return n(i,r)}return""}});var ln,un,hn,qe,us=p(()=>{"use strict";$();ls();M();R();z();ln="none",un="test",hn=i=>T(i)&&i.state!==ln,qe=class extends f{static{this.styles=[...f.styles,y`
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
    `]}content(){let e=this.about("device");if(e.length===0)return this.missing("control","no_devices","add_device");let t=e.filter(s=>hn(g(this.hass,s,"active_event")));return a`${this.heading(this.say("control"))}
      ${t.length>0?a`<ul class="list">
            ${t.map(s=>this.#e(s))}
          </ul>`:a`<p>${this.say("control_none")}</p>`}
      ${this.#s(e)}`}#e(e){let{hass:t}=this,s=g(t,e,"active_event"),{what:n,start:r,end:o,mandatory:c,participating:l}=s.attributes,[d,u]=[v(r),v(o)],h=s.state===un,m=h?"":cs(t,n),_=[t.formatEntityState(s),m].filter(Boolean).join(", "),C=u?this.say("control_until",{when:A(t,u,this.now)}):"",k=l===!1;return a`<li class="running ${k?"out":""}">
      <div class="line"><strong>${e.name}</strong><span>${C}</span></div>
      <div class="line"><span>${_}</span>${k?a`<span>${this.say("control_out")}</span>`:""}</div>
      ${d&&u&&!k?this.#t(d,u):""}
      ${c===!0?a`<p>${this.say("control_mandatory")}</p>`:h?"":this.#n(e)}
    </li>`}#t(e,t){let s=(this.now.getTime()-e.getTime())/(t.getTime()-e.getTime());return a`<div class="track" aria-hidden="true">
      <div style="width: ${100*Math.min(1,Math.max(0,s))}%"></div>
    </div>`}#n(e){let[t,s]=["opt_out_event","opt_in_event"].map(r=>g(this.hass,e,r)),n=r=>()=>this.hass.callService("button","press",{},{entity_id:r.entity_id},!1);return a`${fe(t)?a`<utility-han-acting
          .hass=${this.hass}
          .act=${n(t)}
          .label=${this.say("opt_out")}
          .about=${e.name}
          .question=${this.say("opt_out_sure",{device:e.name})}
          .yes=${this.say("opt_out_yes")}
        ></utility-han-acting>`:""}
    ${fe(s)?a`<utility-han-acting
          .hass=${this.hass}
          .act=${n(s)}
          .label=${this.say("opt_in")}
          .about=${e.name}
        ></utility-han-acting>`:""}`}#s(e){let t=e.map(s=>({device:s,at:v(g(this.hass,s,"next_event")?.state)})).filter(s=>s.at!==void 0).sort((s,n)=>s.at.getTime()-n.at.getTime());return t.length===0?"":a`<ul class="list quiet">
      ${t.map(({device:s,at:n})=>{let r=A(this.hass,n,this.now);return a`<li>${this.say("control_next",{device:s.name,when:r})}</li>`})}
    </ul>`}}});var pn,hs,mn,gn,fn,yn,J,pt=p(()=>{"use strict";$();M();U();R();te();z();pn=["ok","marginal","failing","failed"],hs=["--success-color","--warning-color","--warning-color","--error-color"],mn="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m-2 15-5-5 1.4-1.4 3.6 3.6 7.6-7.6L19 8z",gn="M13 14h-2V9h2m0 9h-2v-2h2M1 21h22L12 2z",fn="M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z",yn=["resynchronise","re_announce","reregister","correct_enrollment","commission_again","renew_certificate","sign_in","check_device"],J=class extends f{constructor(){super();this.thorough=!1;this.open=!1}static{this.styles=[...f.styles,y`
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
        ${Ae}
      }
      .dot::before {
        ${ee}
        background: var(--severity);
      }
    `]}static{this.properties={...f.properties,open:{state:!0}}}getCardSize(){return 1}render(){let t=Math.max(0,...this.#e().map(({severity:s})=>s));return a`<ha-card style="--severity: var(${hs[t]})">${this.content()}</ha-card>`}content(){let t=this.#e();if(t.length===0)return this.missing("health","no_gateway","add_gateway");let s=t.filter(({severity:r})=>r>0),n=s.length===0?this.say("health_ok"):s.length===1?this.say("health_one",{device:s[0]?.subject.name??""}):this.say("health_some",{count:s.length,all:t.length});return a`<button
        class="plain summary"
        aria-expanded=${this.open}
        aria-controls="standings"
        @click=${()=>this.open=!this.open}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${s.length===0?mn:gn}></path></svg>
        <span>${n}</span>
        <svg class="chevron" viewBox="0 0 24 24" aria-hidden="true"><path d=${fn}></path></svg>
      </button>
      <ul class="list" id="standings" ?hidden=${!this.open}>
        ${this.open?t.map(r=>this.#t(r)):""}
      </ul>`}list(t){let s=this.#e();if(s.length!==0)return a`${t}
      <ul class="list">
        ${s.map(n=>this.#t(n))}
      </ul>`}#e(){return this.about().map(t=>({subject:t,health:g(this.hass,t,"health")})).filter(t=>T(t.health)).map(t=>({...t,severity:Math.max(0,pn.indexOf(t.health.state))})).sort((t,s)=>s.severity-t.severity)}#t({subject:t,health:s,severity:n}){let{hass:r}=this,o=n>0?v(s.attributes.since):void 0,c=s.attributes.reason?r.formatEntityAttributeValue(s,"reason"):"";return a`<li style="--severity: var(${hs[n]})">
      <div class="line">
        <strong>${t.name}</strong>
        <span class="dot">${r.formatEntityState(s)}</span>
      </div>
      ${c||o?a`<p>
            ${[c,o&&this.say("since",{when:A(r,o,this.now)})].filter(Boolean).join(", ")}
          </p>`:""}
      ${n>0||this.thorough?this.#n(t):""} ${this.#s(t,n>0)}
    </li>`}#n(t){let s=g(this.hass,t,"last_diagnosis"),n=v(s?.attributes.at);if(!T(s)||!n)return"";let r=s.attributes.next?this.hass.formatEntityAttributeValue(s,"next"):"",o=A(this.hass,n,this.now);return a`<div role="status">
      <p>${this.hass.formatEntityState(s)} <span class="quiet">(${o})</span></p>
      ${r?a`<p>${this.say("helps",{what:r})}</p>`:""}
    </div>`}#s({device:t,name:s,entities:n},r){let{hass:o}=this,c=n.last_diagnosis?o.states[n.last_diagnosis]:void 0,l=c?.attributes.next,d=async u=>(await o.callService(S,u,{device_id:t.id},void 0,!1,!0)).response;return a`<div class="buttons">
      <utility-han-acting
        .hass=${o}
        .act=${()=>d("diagnose").then(u=>c||!u?"":this.#i(u))}
        .label=${this.say("diagnose")}
        .about=${s}
        .busy=${this.say("diagnosing")}
      ></utility-han-acting>
      ${(r||this.thorough)&&c&&typeof l=="string"&&yn.includes(l)?a`<utility-han-acting
            .hass=${o}
            .act=${()=>d("repair").then(u=>this.#o(u))}
            .label=${this.say("repair")}
            .about=${s}
            .busy=${this.say("repairing")}
            .question=${this.say("repair_sure",{device:s,what:o.formatEntityAttributeValue(c,"next")})}
            .yes=${this.say("repair_yes")}
          ></utility-han-acting>`:""}
      ${r&&o.user?.is_admin?a`<a class="button" href="/config/devices/device/${t.id}" aria-label="${this.say("details")}: ${s}"
            >${this.say("details")}</a
          >`:""}
      </div>
      ${r&&this.#r()?a`<p class="quiet">${this.say("diagnose_tells")}</p>`:""}`}#r(){return this.hass.user?.is_admin===!0&&this.everything().some(({entities:t})=>t.open_cases)}#i({verdict:t,next:s}){let n=`component.${S}.entity.sensor.last_diagnosis`;return[`${n}.state.${t}`,s&&`${n}.state_attributes.next.state.${s}`].flatMap(o=>o?[this.hass.localize(o)]:[]).join(" · ")}#o(t){return t?t.fixed?this.say("repaired"):this.say("not_repaired",{why:this.#i(t)}):""}}});var je,ps=p(()=>{"use strict";$();pt();ye();je=class extends J{constructor(){super(...arguments);this.thorough=!0}static{this.styles=[...D.styles,...J.styles,y`
      ha-card {
        border-inline-start: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color));
      }
      .buttons > * {
        flex: 1 1 100%;
      }
    `]}content(){let t=this.heading(this.say("step_diagnose"));return this.list(t)??this.missing("step_diagnose","no_gateway","add_gateway")}}});var He,mt=p(()=>{"use strict";He=(i,e,t)=>{let s=document.createElement("a");s.href=i.hassUrl(e),s.download=t,document.body.append(s),s.click(),s.remove()}});var se,gt=p(()=>{"use strict";se=class{#e=new Set;constructor(e){this.now=e}set(e){Object.assign(this.now,e);for(let t of this.#e)t()}follow(e){return this.#e.add(e),()=>this.#e.delete(e)}}});var _n,vn,ms,bn,E,ze,gs=p(()=>{"use strict";$();mt();U();gt();ye();_n={well:"--success-color",unwell:"--error-color"},vn="--disabled-color",ms="utility-han-handover",bn=()=>{let i={installer:"",notes:""};try{return{...i,...JSON.parse(sessionStorage.getItem(ms)??"{}")}}catch{return i}},E=new se({typed:bn()}),ze=class extends D{constructor(){super(...arguments);this.kept=E;this.#e=t=>{let{id:s,value:n}=t.target;E.set({typed:{...E.now.typed,[s]:n}});try{sessionStorage.setItem(ms,JSON.stringify(E.now.typed))}catch{}}}static{this.styles=[...D.styles,y`
      article {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      h3,
      h4 {
        margin: 0;
        font-size: inherit;
      }
      section {
        border-inline-start: 4px solid var(--mark);
        padding-inline-start: 12px;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        gap: 4px 12px;
        margin: 8px 0 0;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        margin: 0;
        white-space: pre-line;
      }
      .row {
        margin-top: 8px;
      }
      .notes {
        white-space: pre-line;
      }
    `]}content(){let t=this.about("gateway"),s=t.find(({device:n})=>n.id===E.now.chosen)??t[0];return s?a`${this.heading(this.say("step_handover"))}
      <p class="quiet">${this.say("handover_hint")}</p>
      ${t.length>1?a`<div>
            <label for="gateway">${this.say("handover_gateway")}</label>
            <select id="gateway" @change=${n=>E.set({chosen:n.target.value})}>
              ${t.map(({device:n,name:r})=>a`<option value=${n.id} ?selected=${n.id===s.device.id}>${r}</option>`)}
            </select>
          </div>`:""}
      <div>
        <label for="installer">${this.say("handover_name")}</label>
        <input id="installer" maxlength="100" autocomplete="name" .value=${E.now.typed.installer} @input=${this.#e} />
      </div>
      <div>
        <label for="notes">${this.say("handover_notes")}</label>
        <textarea id="notes" maxlength="2000" .value=${E.now.typed.notes} @input=${this.#e}></textarea>
      </div>
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${()=>this.#t(s.device.id)}
          .label=${this.say("handover_make")}
          .busy=${this.say("handover_making")}
        ></utility-han-acting>
      </div>
      ${E.now.made?this.#s(E.now.made):""}`:this.missing("step_handover","no_gateway","add_gateway")}#e;async#t(t){let{hass:s}=this,n={device_id:t,language:s.locale.language,...E.now.typed},{response:r}=await s.callService(S,"get_handover_report",n,void 0,!1,!0);if(E.set({made:r,file:void 0}),!r||!navigator.canShare)return;let o=await fetch(s.hassUrl(r.url));if(!o.ok)throw new Error(o.statusText);let c=new File([await o.blob()],r.name,{type:"application/pdf"});navigator.canShare({files:[c]})&&E.set({file:c})}async#n(t,s){try{await navigator.share({files:[t],title:s})}catch(n){if(n.name!=="AbortError")throw n}}#s({report:t,url:s,name:n}){let{file:r}=E.now;return a`<div class="stack">
        ${r?a`<utility-han-acting
              .hass=${this.hass}
              .act=${()=>this.#n(r,t.title)}
              .label=${this.say("share")}
            ></utility-han-acting>`:""}
        <button @click=${()=>He(this.hass,s,n)}>${this.say("download")}</button>
      </div>
      <article aria-label=${t.title}>
        <div>
          <h3>${t.title}</h3>
          <p class="quiet">${t.subtitle}</p>
          ${this.#i(t.facts)}
        </div>
        ${t.installed.map(o=>this.#r(o))}
        <h3>${t.cases_title}</h3>
        ${t.cases.length>0?t.cases.map(o=>this.#r(o)):a`<p class="quiet">${t.cases_none}</p>`}
        ${t.notes?a`<h3>${t.notes_title}</h3>
              <p class="notes">${t.notes}</p>`:""}
        <p class="quiet">${t.explained}</p>
      </article>`}#r({title:t,about:s,mark:n,standing:r,facts:o,heads:c,rows:l}){return a`<section style="--mark: var(${_n[n]??vn})">
      <h4>${t}</h4>
      <p class="quiet">${s}</p>
      <p class="mark">${r}</p>
      ${this.#i(o)}
      ${l.map(([d,...u])=>{let h=u.map((m,_)=>m==="–"?"":`${c[_+1]??""}: ${m}`);return a`<p class="row"><strong>${d}</strong> · ${h.filter(Boolean).join(" · ")}</p>`})}
    </section>`}#i(t){return a`<dl>
      ${t.map(({name:s,value:n})=>a`<dt>${s}</dt><dd>${n}</dd>`)}
    </dl>`}}});var Le,fs,ys,ft=p(()=>{"use strict";Le=(i,e,t,s,n,r={})=>i.callWS({type:"recorder/statistics_during_period",start_time:t.toISOString(),statistic_ids:e,period:s,types:n,units:r}),fs=(i=[],e=[])=>[...i,...e.filter(t=>!i.some(s=>s.start<=t.start&&t.start<s.end))],ys=(i,e,t)=>{let s=({start:o,end:c})=>`${String(o)}-${String(c)}`,n=new Map((e??[]).map(o=>[s(o),o.mean])),r={total:0,hours:new Array(24).fill(0),cost:e&&0};for(let o of i){let{start:c,change:l}=o;if(typeof l!="number"||l===0)continue;r.total+=l;let d=t(c);r.hours[d]=(r.hours[d]??0)+l;let u=n.get(s(o));r.cost=r.cost===void 0||typeof u!="number"?void 0:r.cost+l*u}return r}});var wn,$n,Ie,xn,Sn,kn,_s,An,vs,bs,Ue,ws=p(()=>{"use strict";$();M();R();ft();z();wn=["power_delivered","power_net","power_total","power"],$n=[1,2,3,5,10],Ie=84,xn=864e5,Sn=9e5,kn={mW:.001,W:1,kW:1e3,MW:1e6},_s=(i,e)=>{let t=Y(i,e,...wn),s=g(i,e,"power_received"),[n,r]=[t,s].map(d=>{let u=H(d);return u===void 0?void 0:u*(kn[W(d)]??1)});if(n===void 0&&r===void 0)return;let o=n!==void 0&&(n!==0||!r)?n:-(r??0),c=[t,s].filter(d=>d!==void 0).map(d=>d.entity_id),l=H(g(i,e,"energy_received"));return{watts:o,gives:l===void 0?s!==void 0:l>0,ids:c}},An=i=>{let e=Math.max(1e3,Math.abs(i)),t=10**Math.floor(Math.log10(e));return($n.find(s=>s*t>=e)??10)*t},vs=i=>{let e=Math.PI*(1-i);return`${String(100+Ie*Math.cos(e))} ${String(100-Ie*Math.sin(e))}`},bs=(i,e)=>`M ${vs(i)} A ${Ie} ${Ie} 0 0 1 ${vs(e)}`,Ue=class extends f{static{this.styles=[...f.styles,y`
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
    `]}#e=new Map;#t=0;content(){let e=this.about("gateway");if(e.length===0)return this.missing("power","no_gateway","add_gateway");let t=e.map(n=>({gateway:n,flow:_s(this.hass,n)})).filter(({flow:n})=>n);if(t.length===0)return this.missing("power","power_none");let s=t.length>1||e.length>1;return a`${this.heading(this.say("power"))}
    ${t.map(({gateway:n,flow:r})=>r&&this.#s(n,r,s))}`}updated(){Date.now()-this.#t<Sn||(this.#t=Date.now(),this.#n())}async#n(){let e=this.about("gateway").flatMap(t=>_s(this.hass,t)?.ids??[]);if(e.length!==0)try{let t={power:"W"},s=await Le(this.hass,e,new Date(Date.now()-xn),"hour",["max","min"],t),n=r=>Math.max(Math.abs(r.max??0),Math.abs(r.min??0));this.#e=new Map(Object.entries(s).map(([r,o])=>[r,Math.max(0,...(o??[]).map(n))])),this.requestUpdate()}catch{}}#s(e,{watts:t,gives:s,ids:n},r){let o=Math.max(Math.abs(t),...n.map(_=>this.#e.get(_)??0)),c=An(o),l=s||t<0?.5:0,d=l+(1-l)*(t/c),u=K(this.hass,Math.abs(t)),h=t>0?"power_in":t<0?"power_out":"power_neither",m=this.say(h,{power:u});return a`<figure>
      ${r?a`<figcaption class="quiet">${e.name}</figcaption>`:""}
      <button class="plain" aria-label=${m} @click=${()=>this.more(n[0]??"")}>
        <svg viewBox="0 0 200 104" aria-hidden="true">
          <path class="track" d=${bs(0,1)}></path>
          ${d===l?"":he`<path class="${t>0?"take":"give"}" d="${bs(Math.min(l,d),Math.max(l,d))}"></path>`}
          ${l?he`<path class="zero" d="M 100 4 V 28"></path>`:""}
        </svg>
        <p class="big">${u}</p>
        <p class="quiet">${t===0?m:this.say(t>0?"take":"give")}</p>
      </button>
      <p class="ends quiet" aria-hidden="true">
        <span>${l?K(this.hass,c):K(this.hass,0)}</span>
        <span>${K(this.hass,c)}</span>
      </p>
    </figure>`}}});var _e,En,$s,xs,Ss,ks=p(()=>{"use strict";R();_e=24*36e5,En=200,$s=(i,e,t)=>{let s=Math.max(0,(i.getTime()-t)/_e),n=Math.min(1,(e.getTime()-t)/_e);return n>s?{left:s,width:n-s}:void 0},xs=(i,e)=>{let t=i?.attributes.forecast;if(!Array.isArray(t))return[];let s=[];for(let d of t.slice(0,En)){let[u,h,m,_]=[v(d?.start),v(d?.end),d?.price,d?.tier];if(!u||!h||typeof m!="number")continue;let C=$s(u,h,e.getTime()),k=typeof _=="string"||typeof _=="number"?String(_):void 0;C&&s.push({start:u,end:h,price:m,tier:k,...C,height:0,level:"middle"})}let n=s.map(d=>d.price),r=Math.min(...n),o=Math.max(...n),c=Math.min(0,r),l=Math.max(0,o)-c||1;for(let d of s){d.height=(d.price-c)/l;let u=o>r?(d.price-r)/(o-r):.5;d.level=u<1/3?"low":u>2/3?"high":"middle"}return s.sort((d,u)=>d.left-u.left)},Ss=(i,e,t)=>{let s=i&&e&&$s(i,e,t.getTime());return s&&{start:i,end:e,...s}}});var ve,yt,_t,Tn,Rn,We,As=p(()=>{"use strict";$();M();R();ks();z();ve=36e5,yt=1e3,_t=100,Tn=6,Rn=6,We=class extends f{static{this.styles=[...f.styles,y`
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
    `]}static{this.properties={...f.properties,chosen:{state:!0}}}content(){let e=this.about("gateway");if(e.length===0)return this.missing("price","no_gateway","add_gateway");let t=new Date(Math.floor(this.now.getTime()/ve)*ve),s=e.map(n=>({gateway:n,bars:xs(Y(this.hass,n,"price"),t)})).find(({bars:n})=>n.length>0);return!s&&e.some(n=>Z(n,"price"))?this.missing("price","price_away"):s?this.#e(s.gateway,s.bars,t):this.missing("price","price_none","add_utility")}getCardSize(){return 4}#e(e,t,s){let n=Y(this.hass,e,"price"),r=W(n),o=H(n),c=t.find(({start:d})=>d.getTime()===this.chosen)??t[0],l=this.#i(s);return a`<div class="line">
        ${this.heading(this.say("price"))}
        ${o===void 0?"":a`<span>${this.say("price_now",{price:lt(this.hass,o,r)})}</span>`}
      </div>
      <div>
        <svg
          viewBox="0 0 ${yt} ${_t}"
          preserveAspectRatio="none"
          role="group"
          aria-label="${this.say("price")}. ${this.say("price_keys")}"
          @keydown=${d=>this.#s(d,t,c)}
        >
          ${t.map(d=>this.#n(d,r,d===c))}
        </svg>
        <div class="hours quiet" aria-hidden="true">${this.#r(s)}</div>
        ${l.length>0?a`<ul class="list" style="gap: 0">
              ${l.map(d=>this.#o(d))}
            </ul>`:""}
      </div>
      <p>${c?this.#t(c,r,c.start<=this.now&&this.chosen===void 0):""}</p>`}#t(e,t,s=!1){let[n,r]=[P(this.hass,e.start),P(this.hass,e.end)],o=this.say(s?"price_until":"price_bar",{from:n,to:r,price:lt(this.hass,e.price,t)});return e.tier?/^\d+$/.test(e.tier)?this.say("price_tier",{bar:o,tier:e.tier}):`${o}, ${e.tier}`:o}#n(e,t,s){let n=Math.max(Tn,e.height*_t),r=()=>{this.chosen=e.start.getTime()};return he`<rect
      x=${e.left*yt} y=${_t-n} width=${e.width*yt} height=${n}
      class="${e.level}${e.start.getTime()===this.chosen?" chosen":""}"
      role="img" aria-label=${this.#t(e,t)} tabindex=${s?0:-1}
      data-start=${e.start.getTime()} @click=${r} @focus=${r}></rect>`}#s(e,t,s){let n=s?t.indexOf(s):0,r={ArrowRight:n+1,ArrowLeft:n-1,Home:0,End:t.length-1}[e.key],o=r===void 0?void 0:t[r];o&&(e.preventDefault(),this.renderRoot.querySelector(`[data-start="${String(o.start.getTime())}"]`)?.focus())}#r(e){let t=Re(this.hass);return Array.from({length:_e/ve},(s,n)=>new Date(e.getTime()+n*ve)).map((s,n)=>({moment:s,hours:n})).filter(({moment:s,hours:n})=>n>1&&n<23&&Pe(s,t)%Rn===0).map(({moment:s,hours:n})=>a`<span style="left: ${100*n*ve/_e}%">${P(this.hass,s)}</span>`)}#i(e){let{hass:t}=this,s=[],n=(r,o,c)=>{let l=g(t,r,o)?.attributes,d=Ss(v(l?.start),v(l?.end),e);if(!d)return;let[u,h]=[P(t,d.start),P(t,d.end)],m={device:r.name,from:u,to:h},_=this.say(c==="control"?"band_control":"band_charging",m);s.push({...d,kind:c,text:_})};for(let r of this.everything())n(r,"active_event","control"),n(r,"next_event","control"),Ne(g(t,r,"departure"))&&n(r,"departure","charging");return s.sort((r,o)=>r.left-o.left)}#o({left:e,width:t,kind:s,text:n}){return a`<li class="band">
      <i class=${s} style="left: ${100*e}%; width: ${100*t}%"></i>
      <span title=${n}>${n}</span>
    </li>`}}});var Cn,Pn,Dn,b,Fe,Es=p(()=>{"use strict";$();M();U();R();gt();ye();Cn={good:["quality_good","--success-color"],marginal:["quality_marginal","--warning-color"],too_weak:["quality_too_weak","--error-color"]},Pn=["quality_way","--disabled-color"],Dn=12,b=new se({place:"",sensors:{},coverage:{},told:{}}),Fe=class extends D{constructor(){super(...arguments);this.kept=b}#e;updated(t){super.updated(t);let s=this.#t()?.device.id;s!==this.#e&&(this.#e=s,s&&this.#a(s,"get_coverage").catch(()=>{}))}content(){let t=this.#t(),s=this.heading(this.say("step_survey"));return t?a`${s}
      <p class="quiet">${this.say("survey_hint")}</p>
      ${this.#n(t)} ${this.#r()} ${this.#i(t.device.id)}
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${()=>this.#c(t.device.id)}
          .label=${this.say("measure")}
          .about=${t.name}
          .busy=${this.say("measuring")}
        ></utility-han-acting>
      </div>
      ${this.#d(t)}`:a`${s}<p class="quiet">${this.say("survey_none")}</p>`}#t(){let t=this.about("device");return t.find(({device:s})=>s.id===b.now.chosen)??t[0]}#n(t){let s=this.about("device");return s.length===1?a`<p><strong>${t.name}</strong></p>`:a`<fieldset>
      <legend>${this.say("survey_device")}</legend>
      <div class="buttons">
        ${s.map(({device:n,name:r})=>this.#s(r,n.id===t.device.id,()=>b.set({chosen:n.id})))}
      </div>
    </fieldset>`}#s(t,s,n){return a`<button class=${s?"chosen":""} aria-pressed=${s} @click=${n}>${t}</button>`}#r(){let t=Object.values(this.hass.areas).flatMap(s=>s?[s.name]:[]);return a`<div>
      <label for="place">${this.say("survey_place")}</label>
      <div class="stack">
        <input
          id="place"
          maxlength="64"
          autocomplete="off"
          .value=${b.now.place}
          @input=${s=>b.set({place:s.target.value})}
        />
        <div class="buttons">
          ${t.slice(0,Dn).map(s=>this.#s(s,s===b.now.place,()=>b.set({place:s})))}
        </div>
      </div>
    </div>`}#i(t){let s=b.now.coverage[t]?.signal??void 0,n=Object.values(this.hass.states).flatMap(r=>r?.attributes.device_class==="signal_strength"?[r]:[]);return n.length===0?"":a`<div>
      <label for="signal">${this.say("survey_signal")}</label>
      <select
        id="signal"
        @change=${r=>this.#o(t,r.target.value)}
      >
        ${s?"":a`<option value="">${this.say("survey_way")}</option>`}
        ${n.map(({entity_id:r,attributes:o})=>a`<option value=${r} ?selected=${r===(b.now.sensors[t]??s)}>
              ${typeof o.friendly_name=="string"?o.friendly_name:r}
            </option>`)}
      </select>
    </div>`}#o(t,s){b.set({sensors:{...b.now.sensors,[t]:s||void 0}})}async#c(t){let s=b.now.place.trim();if(!s)throw this.renderRoot.querySelector("#place")?.focus(),new Error(this.say("place_needed"));let n=b.now.sensors[t];await this.#a(t,"measure_coverage",{place:s,...n?{entity_id:n}:{}}),b.set({told:{...b.now.told,[t]:void 0}})}async#a(t,s,n={}){let{response:r}=await this.hass.callService(S,s,{device_id:t,...n},void 0,!1,!0);return r&&b.set({coverage:{...b.now.coverage,[t]:r}}),r}async#l(t){let s=await this.#a(t,"report_coverage");b.set({told:{...b.now.told,[t]:s?.case??void 0}})}#d(t){let s=b.now.coverage[t.device.id]?.places??[],n=b.now.told[t.device.id];return s.length===0?a`<p class="quiet">${this.say("survey_empty")}</p>`:a`<ul class="list" aria-live="polite">
        ${s.map(r=>this.#u(r))}
      </ul>
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${()=>this.#l(t.device.id)}
          .label=${this.say("tell_utility")}
          .about=${t.name}
        ></utility-han-acting>
      </div>
      <p role="status" ?hidden=${!n}>${n?this.say("told_utility",{case:n}):""}</p>`}#u({name:t,quality:s,signal:n,latency_ms:r,loss:o,at:c,carried:l}){let[d,u]=(l?Cn[s]:void 0)??Pn,h=v(c),m=[n!==null&&`${x(this.hass,n,0)} dBm`,r!==null&&this.say("answers_in",{time:`${x(this.hass,Math.max(r,1),0)} ms`}),this.say("lost",{share:`${x(this.hass,o*100,0)} %`}),h&&A(this.hass,h,this.now)];return a`<li style="--mark: var(${u})">
      <div class="line"><strong>${t}</strong><span class="mark">${this.say(d)}</span></div>
      <p class="quiet">${m.filter(Boolean).join(" · ")}</p>
    </li>`}}});var Nn,Ts,Mn,On,Be,Rs=p(()=>{"use strict";$();M();R();ft();z();Nn=6e4,Ts=["energy_delivered","energy_total","energy_net","energy"],Mn=["energy_received"],On=36e5,Be=class extends f{static{this.styles=[...f.styles,y`
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
    `]}static{this.properties={...f.properties,found:{state:!0},why:{state:!0}}}#e=0;constructor(){super(),this.found=new Map,this.why=""}content(){let e=this.about("gateway");if(e.length===0)return this.missing("today","no_gateway","add_gateway");let t=e.filter(s=>Z(s,...Ts));return t.length===0?this.missing("today","today_no_energy"):this.why?a`${this.heading(this.say("today"))}
        <p class="failed">${this.say("today_failed",{why:this.why})}</p>`:a`${this.heading(this.say("today"))} ${t.map(s=>this.#n(s,e.length>1))}`}updated(){Date.now()-this.#e<Nn||(this.#e=Date.now(),this.#t())}async#t(){let{hass:e}=this,t=ss(new Date,e.config.time_zone),s=new Map;try{for(let n of this.about("gateway")){let r=Z(n,...Ts);if(!r)continue;let o=Z(n,...Mn),c=Z(n,"price"),l=[r,o,c].filter(k=>k!==void 0),d={energy:"kWh"},[u,h]=await Promise.all(["hour","5minute"].map(k=>Le(e,l,t,k,["change","mean"],d))),m=k=>fs(u?.[k],h?.[k]),_=(k,vt)=>ys(m(k),vt?m(vt):void 0,Ms=>Pe(new Date(Ms),e.config.time_zone)),C=m(r).length>0;s.set(n.device.id,{taken:_(r,c),given:o?_(o):void 0,since:t,counted:C})}this.why=""}catch(n){this.why=n?.message??String(n)}this.found=s}#n(e,t){let s=this.found.get(e.device.id),n=W(g(this.hass,e,"price")),r=t?a`<p class="quiet">${e.name}</p>`:"";if(!s?.counted)return a`${r}
        <p class="quiet">${this.say(s?"today_none":"busy")}</p>`;let{taken:o,given:c}=s,l=o.cost===void 0?this.say("cost_none"):pe(this.hass,o.cost,n.split("/")[0]??"");return a`${r}
      <dl class="figures">
        ${this.#s(this.say("from_grid"),j(this.hass,o.total))}
        ${c?this.#s(this.say("to_grid"),j(this.hass,c.total)):""}
        ${this.#s(this.say("cost"),l)}
      </dl>
      ${this.#r(s)}`}#s(e,t){return a`<div>
      <dt>${e}</dt>
      <dd>${t}</dd>
    </div>`}#r({taken:e,since:t}){let s=Math.max(...e.hours);if(s<=0)return"";let n=e.hours.indexOf(s),[r,o]=[n,n+1].map(l=>P(this.hass,new Date(t.getTime()+l*On))),c=this.say("by_hour",{from:r??"",to:o??"",energy:j(this.hass,s)});return a`<div class="hours" role="img" aria-label=${c}>
      ${e.hours.map(l=>a`<div style="height: ${Math.max(0,100*l/s)}%"></div>`)}
    </div>`}}});var qn,Ve,Cs=p(()=>{"use strict";$();mt();M();U();R();te();z();qn=.001,Ve=class extends f{static{this.styles=[...f.styles,y`
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
        ${ee}
        background: var(--disabled-color, var(--secondary-text-color));
      }
      .plug.on::before {
        background: var(--success-color);
      }
      .differs {
        border-inline-start: 4px solid var(--warning-color);
        padding-inline-start: 8px;
      }
    `]}static{this.properties={...f.properties,measured:{state:!0}}}#e="";constructor(){super(),this.measured=new Map}content(){let e=this.about("vehicle");return e.length===0?this.missing("vehicle","no_vehicle","add_vehicle"):e.map(t=>this.#n(t))}getCardSize(){return 5}updated(e){super.updated(e);let t=(r,o)=>g(this.hass,r,o)?.state??"",s=this.about("vehicle"),n=JSON.stringify(s.map(r=>[r.device.id,t(r,"session_cost"),t(r,"month_energy")]));n!==this.#e&&(this.#e=n,this.hass.user?.is_admin&&this.#t(s))}async#t(e){let t=new Map,s=ut(new Date,this.hass.config.time_zone);for(let{device:n}of e)try{let r={device_id:[n.id],month:s},{response:o}=await this.hass.callService(S,"get_sessions",r,void 0,!1,!0),c=(o?.sessions??[]).filter(({place:u})=>u==="home"),l=u=>c.reduce((h,m)=>h+m[u],0),d=c[0]?pe(this.hass,l("amount"),c[0].currency):"";t.set(n.id,{energy:l("energy_kwh"),cost:d})}catch{}this.measured=t}#n(e){let{hass:t}=this,s=g(t,e,"plugged"),n=T(s)&&s.state==="on",r=n&&s.attributes.charging===!0,o=T(s)?n?r?"charging":"plugged":"unplugged":"plug_unknown";return a`<section>
      <div class="line">
        ${this.heading(e.name)}
        <span class="plug ${n?"on":""}">${this.say(o)}</span>
      </div>
      ${this.#s(e)} ${this.#r(e,n)} ${this.#o(e)} ${this.#a(e)}
      ${this.#l(e,T(s)&&!n)}
    </section>`}#s(e){let t=g(this.hass,e,"binding");return!T(t)||t.state==="in_force"?"":a`<p class="differs">${this.hass.formatEntityState(t)}</p>`}#r(e,t){let s=H(g(this.hass,e,"session_energy")),n=this.#i(g(this.hass,e,"session_cost")),r=s===void 0?[this.say("session_none")]:[j(this.hass,s),n];return a`<div class="line">
      <span class="quiet">${this.say(t?"session_now":"session_last")}</span>
      <strong>${r.filter(Boolean).join(" · ")}</strong>
    </div>`}#i(e){let t=H(e);return t===void 0?"":pe(this.hass,t,W(e))}#o(e){let{hass:t}=this,s=H(g(t,e,"month_energy")),n=this.#i(g(t,e,"month_cost")),r=this.measured.get(e.device.id),o=[];return r&&o.push(this.say("measured",{energy:j(t,r.energy)})),s!==void 0?o.push(this.say("billed",{energy:j(t,s),amount:n})):r?.cost&&o.push(r.cost),o.length===0?"":!r?.energy&&!s?a`<div class="line">
        <span class="quiet">${this.say("month")}</span>
        <span>${this.say("month_none")}</span>
      </div>`:a`<div class="line">
        <span class="quiet">${this.say("month")}</span>
        <span>${o.join(" · ")}</span>
      </div>
      ${r&&s!==void 0?this.#c(r.energy-s):""}`}#c(e){if(Math.abs(e)<qn)return a`<p class="quiet">${this.say("agrees")}</p>`;let t=j(this.hass,Math.abs(e));return a`<p class="differs">${this.say(e>0?"less_billed":"more_billed",{energy:t})}</p>`}#a(e){let{hass:t}=this,s=g(t,e,"departure"),n=v(s?.state),r=n?A(t,n,this.now):this.say("departure_none"),[o,c]=[v(s?.attributes.start),v(s?.attributes.end)];return a`${s?a`<div class="line">
          <span class="quiet">${this.say("departure")}</span>
          <button
            class="plain"
            aria-label="${this.say("departure")}: ${e.name}, ${r}"
            @click=${()=>this.more(s.entity_id)}
          >
            ${r}
          </button>
        </div>`:""}
    ${Ne(s)?a`<div class="line">
          <span class="quiet">${this.say("plan")}</span>
          <span>
            ${t.formatEntityAttributeValue(s,"reservation")}${o&&c?`, ${A(t,o,this.now)} – ${A(t,c,this.now)}`:""}
          </span>
        </div>`:""}`}#l(e,t){let{hass:s}=this,n=g(s,e,"charge_now"),r=g(s,e,"binding"),o=this.hass.user?.is_admin&&T(r)&&r.state!=="none"&&r.state!=="binding",c=(l,d)=>a`<utility-han-acting .hass=${s} .act=${d} .label=${l} .about=${e.name}></utility-han-acting>`;return a`<div class="buttons">
      ${fe(n)&&!t?c(this.say("charge_now"),()=>s.callService("button","press",{},{entity_id:n.entity_id},!1)):""}
      ${o?a`${c(this.say("statement"),()=>this.#d(e,"pdf"))}
          ${c(this.say("table"),()=>this.#d(e,"csv"))}`:""}
    </div>`}async#d(e,t){let{hass:s}=this,n=ut(new Date,s.config.time_zone),r={format:t,device_id:[e.device.id],month:n},{response:o}=await s.callService(S,"export_sessions",r,void 0,!1,!0);o&&He(s,o.url,o.name)}}});var jn,ne,L,Hn,Ge,Ps=p(()=>{"use strict";R();Ye();ie();jn={health:{state_content:["state","reason"]},registration_state:{},programs:{},binding:{},opt_out:{state_content:["state","until"],features:[{type:"toggle"}],features_position:"inline"},control:{state_content:["event_type","state"]},last_diagnosis:{},last_contact:{},open_cases:{}},ne=(...i)=>({type:"grid",cards:i}),L=(i,e={})=>({type:Rt(i),...e}),Hn=({device:i,name:e,entities:t})=>{let s=[{type:"heading",heading:e,tap_action:{action:"navigate",navigation_path:`/config/devices/device/${i.id}`}}];for(let[n,r]of Object.entries(jn)){let o=t[n];o&&s.push({type:"tile",entity:o,name:{type:"entity"},grid_options:{columns:12},...r})}return t.coverage&&s.push({type:"picture-entity",entity:t.coverage,show_name:!1,show_state:!1}),ne(...s)},Ge=class extends HTMLElement{static generate(e,t){let s=ge(t),n=s.filter(({kind:d})=>d==="vehicle"),r=s.length===0?[ne(L("health"))]:[ne(L("health"),L("control"),L("power")),ne(L("today"),L("price")),ne(...(n.length>0?n:[void 0]).map(d=>L("vehicle",d?{device_id:d.device.id}:{})),L("cases"))],o=(d,u,h,m)=>({title:O(t.locale.language,d),path:u,icon:h,type:"sections",max_columns:3,sections:m}),c=s.filter(({entities:d})=>d.health).map(Hn),l=[o("home","home","mdi:home-lightning-bolt",r)];if(c.length>0&&l.push(o("devices","devices","mdi:devices",c)),t.user?.is_admin){let d=Tt.slice(0,s.length>0?void 0:1);l.push(o("installer","installer","mdi:account-hard-hat",d.map(u=>ne(L(u)))))}return Promise.resolve({title:"Utility HAN",views:l})}}});var Ds={};qs(Ds,{define:()=>Ln});var zn,Ln,Ns=p(()=>{"use strict";Jt();rs();os();us();ps();gs();pt();ws();As();Es();Rs();Cs();Ps();zn={health:J,control:qe,power:Ue,today:Be,price:We,vehicle:Ve,cases:Me,commission:Oe,survey:Fe,diagnose:je,handover:ze},Ln=()=>{customElements.define("utility-han-acting",Te);for(let[i,e]of Object.entries(zn))customElements.define(`utility-han-${i}-card`,e);customElements.define("ll-strategy-dashboard-utility-han",Ge)}});Ye();Ct();customElements.whenDefined("home-assistant").then(()=>Promise.resolve().then(()=>(Ns(),Ds))).then(({define:i})=>i());
